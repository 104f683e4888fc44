package dev.culvert.host.loop;

import java.security.AccessController;
import java.security.PrivilegedAction;

/**
 * Creates threads that keep nothing of whoever asked for them: no inherited thread-locals, no
 * access-control context of the caller, no context class loader but the host's. A plain {@code new
 * Thread} below a web application's stack frames would pin that application for good on JDK 17.
 */
public final class HostThreads {

  private HostThreads() {}

  /** Returns a daemon thread, not yet started. */
  @SuppressWarnings("removal") // needed up to JDK 23, a plain call from 24 on
  public static Thread create(String name, Runnable task) {
    return AccessController.doPrivileged(
        (PrivilegedAction<Thread>)
            () -> {
              Thread thread = new Thread(rootGroup(), task, name, 0, false);
              thread.setDaemon(true);
              thread.setContextClassLoader(HostThreads.class.getClassLoader());
              return thread;
            });
  }

  /** Creates and starts a daemon thread. */
  public static Thread start(String name, Runnable task) {
    Thread thread = create(name, task);
    thread.start();
    return thread;
  }

  private static ThreadGroup rootGroup() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    return group;
  }
}
