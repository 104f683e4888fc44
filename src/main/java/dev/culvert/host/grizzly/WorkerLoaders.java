package dev.culvert.host.grizzly;

import dev.culvert.host.loop.LaterTries;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.stream.Stream;
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

  private WorkerLoaders() {}

  /**
   * Begins to do so; a thread that is still inside puts back what it had before, so there are later
   * tries. The caller's may be Grizzly's too, of the administrator's listener: it needs the loader
   * up to the end of the undeployment, and the container takes it back then.
   */
  static void replace(ClassLoader ended) {
    WeakReference<ClassLoader> loader = new WeakReference<>(ended);
    long undeploying = Thread.currentThread().getId(); // the thread itself would keep the loader
    LaterTries.begin(
        "culvert-worker-loaders",
        () -> replace(loader, threads().filter(thread -> thread.getId() != undeploying)));
  }

  /**
   * The loader that a thread has between two requests is the web container's.
   *
   * @return whether the ended one is gone
   */
  static boolean replace(WeakReference<ClassLoader> loader, Stream<Thread> threads) {
    ClassLoader ended = loader.get();
    if (ended == null) {
      return true;
    }
    threads
        .filter(DefaultWorkerThread.class::isInstance)
        .filter(thread -> thread.getContextClassLoader() == ended)
        .forEach(thread -> thread.setContextClassLoader(Request.class.getClassLoader()));
    return false;
  }

  /** All of the JVM. */
  private static Stream<Thread> threads() {
    ThreadGroup root = Thread.currentThread().getThreadGroup(); // of a thread of the host
    Thread[] threads;
    int found;
    do {
      threads = new Thread[2 * root.activeCount() + 1];
      found = root.enumerate(threads);
    } while (found == threads.length);
    return Arrays.stream(threads, 0, found);
  }
}
