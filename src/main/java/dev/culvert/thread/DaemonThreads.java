package dev.culvert.thread;

import java.util.concurrent.ThreadFactory;

/**
 * Threads of a deployment that call the server. They begin on whichever thread has work for them
 * and would have its class loader; but the server may begin threads of its own below their calls,
 * which inherit it and outlive the deployment. So they have none.
 */
public final class DaemonThreads {

  private DaemonThreads() {}

  /**
   * Makes daemons.
   *
   * @param name of each of them
   */
  public static ThreadFactory named(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      thread.setContextClassLoader(null);
      return thread;
    };
  }
}
