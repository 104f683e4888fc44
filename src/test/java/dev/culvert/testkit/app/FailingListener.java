package dev.culvert.testkit.app;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;

/** Fails the start of its application. */
@WebListener
public final class FailingListener implements ServletContextListener {

  @Override
  public void contextInitialized(ServletContextEvent event) {
    throw new IllegalStateException("refused on purpose");
  }
}
