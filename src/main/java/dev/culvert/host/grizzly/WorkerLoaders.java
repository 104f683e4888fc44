package dev.culvert.host.grizzly;

import dev.culvert.host.loop.HostThreads;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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

  /** A thread that is still inside puts back what it had before; so there are further tries. */
  private static final int TRIES = 5;

  /** Doubles with each try. */
  private static final long FIRST_PAUSE_MILLIS = 500;

  private WorkerLoaders() {}

  /**
   * Begins to do so, on a thread of the host's own. The caller's may be Grizzly's too, of the
   * administrator's listener; it needs the loader up to the end of the undeployment, and the
   * container takes it back then.
   */
  static void replace(ClassLoader ended) {
    WeakReference<ClassLoader> loader = new WeakReference<>(ended);
    Thread undeploying = Thread.currentThread();
    HostThreads.tryStart(
        "culvert-worker-loaders",
        () ->
            replaceAll(
                loader,
                () -> threads().filter(thread -> thread != undeploying),
                FIRST_PAUSE_MILLIS));
  }

  /** Does so for about thirty times the first pause, unless the loader is gone before. */
  static void replaceAll(
      WeakReference<ClassLoader> ended, Supplier<Stream<Thread>> threads, long firstPauseMillis) {
    try {
      replaceNow(ended.get(), threads.get());
      for (int i = 0; i < TRIES && ended.get() != null; i++) {
        TimeUnit.MILLISECONDS.sleep(firstPauseMillis << i);
        replaceNow(ended.get(), threads.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The loader that a thread has between two requests is the web container's. */
  private static void replaceNow(ClassLoader ended, Stream<Thread> threads) {
    threads
        .filter(DefaultWorkerThread.class::isInstance)
        .filter(thread -> ended != null && thread.getContextClassLoader() == ended)
        .forEach(thread -> thread.setContextClassLoader(Request.class.getClassLoader()));
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
