package dev.culvert.thread;

import jakarta.servlet.Servlet;

/**
 * The context class loader for calls below which a server may begin threads of its own: they
 * inherit it and may outlive the deployment.
 */
public final class ServerLoader {

  private ServerLoader() {}

  /** Runs a task on this thread with the loader of the Servlet API, which is the server's. */
  public static void run(Runnable task) {
    Thread thread = Thread.currentThread();
    ClassLoader own = thread.getContextClassLoader();
    thread.setContextClassLoader(Servlet.class.getClassLoader());
    try {
      task.run();
    } finally {
      thread.setContextClassLoader(own);
    }
  }
}
