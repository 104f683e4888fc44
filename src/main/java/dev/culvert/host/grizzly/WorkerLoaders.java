package dev.culvert.host.grizzly;

import dev.culvert.host.loop.HostThreads;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.connector.Request;
import org.glassfish.grizzly.threadpool.DefaultWorkerThread;

/**
 * Takes the class loader of an ended application from Grizzly's threads. The web container gives it
 * to them for each request, and leaves it with a thread whose exchange ends before the thread is
 * out of it, as that of a client that closes its WebSocket at once (Payara 6.2025.10, {@code
 * CoyoteAdapter.doService}: the response is empty then, and {@code StandardHostValve.postInvoke} is
 * not reached). An idle core thread would keep it for good.
 */
final class WorkerLoaders {

  /** A thread that is still inside puts back what it had before; so there are further tries. */
  private static final int TRIES = 5;

  /** Doubles with each try. */
  private static final long FIRST_PAUSE_MILLIS = 500;

  private WorkerLoaders() {}

  /** Begins to do so, on a thread of the host's own. */
  static void replace(ClassLoader ended) {
    WeakReference<ClassLoader> loader = new WeakReference<>(ended);
    HostThreads.start("culvert-worker-loaders", () -> replaceAll(loader));
  }

  private static void replaceAll(WeakReference<ClassLoader> ended) {
    try {
      replaceNow(ended);
      for (int i = 0; i < TRIES && ended.get() != null; i++) {
        TimeUnit.MILLISECONDS.sleep(FIRST_PAUSE_MILLIS << i);
        replaceNow(ended);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void replaceNow(WeakReference<ClassLoader> ended) {
    ClassLoader loader = ended.get();
    if (loader != null) {
      replaceNow(loader, threads());
    }
  }

  /** The loader that a thread has between two requests is the web container's. */
  static void replaceNow(ClassLoader ended, Thread... threads) {
    Arrays.stream(threads)
        .filter(DefaultWorkerThread.class::isInstance)
        .filter(thread -> thread.getContextClassLoader() == ended)
        .forEach(thread -> thread.setContextClassLoader(Request.class.getClassLoader()));
  }

  /** All of the JVM. */
  private static Thread[] threads() {
    ThreadGroup root = Thread.currentThread().getThreadGroup(); // of a thread of the host
    Thread[] threads;
    int found;
    do {
      threads = new Thread[2 * root.activeCount() + 1];
      found = root.enumerate(threads);
    } while (found == threads.length);
    return Arrays.stream(threads).filter(Objects::nonNull).toArray(Thread[]::new);
  }
}
