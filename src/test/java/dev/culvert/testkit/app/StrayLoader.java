package dev.culvert.testkit.app;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.annotation.WebListener;

/**
 * Leaves its class loader with the server's thread that served the last request, as Payara does
 * where an exchange ends before its thread is out of it.
 */
@WebListener
public final class StrayLoader implements ServletContextListener, ServletRequestListener {

  private volatile Thread server;

  @Override
  public void requestInitialized(ServletRequestEvent event) {
    server = Thread.currentThread();
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    server.setContextClassLoader(StrayLoader.class.getClassLoader());
  }
}
