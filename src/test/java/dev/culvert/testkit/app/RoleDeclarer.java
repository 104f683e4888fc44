package dev.culvert.testkit.app;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;

/** Declares the role {@code chat} when the application starts, and nowhere else. */
@WebListener
public final class RoleDeclarer implements ServletContextListener {

  @Override
  public void contextInitialized(ServletContextEvent event) {
    event.getServletContext().declareRoles("chat");
  }
}
