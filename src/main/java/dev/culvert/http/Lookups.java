package dev.culvert.http;

import dev.culvert.provider.Timer;
import dev.culvert.thread.DaemonThreads;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.ConnectTimeoutException;

/**
 * Has names known before they are needed, on threads of its own, because look-ups block. A name is
 * looked up once at a time for however many wait for it, so that one whose servers do not answer
 * holds up one thread only; and nobody waits for longer than his limit. Safe for use by any thread.
 */
final class Lookups implements AutoCloseable {

  private static final int THREADS = 8;
  private static final long IDLE_SECONDS = 10;

  private final Names names;
  private final Timer timer;

  /** Look-ups under way, by name; guarded by this. */
  private final Map<String, CompletableFuture<Void>> running = new HashMap<>();

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          DaemonThreads.named("culvert-http-lookup"));

  Lookups(Names names, Timer timer) {
    this.names = names;
    this.timer = timer;
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Looks a name up.
   *
   * @param limit for waiting, above zero
   * @return completes when the name is known, on any thread; at the limit also when it was known
   *     before; exceptionally with what the look-up threw, or a {@link ConnectTimeoutException}
   */
  CompletableFuture<Void> find(String host, Duration limit) {
    CompletableFuture<Void> shared;
    boolean first;
    synchronized (this) {
      CompletableFuture<Void> known = running.get(host);
      first = known == null;
      shared = first ? new CompletableFuture<>() : known;
      if (first) {
        running.put(host, shared);
      }
    }
    if (first) {
      try {
        threads.execute(() -> lookUp(host, shared));
      } catch (RejectedExecutionException | OutOfMemoryError e) { // closed, or no thread to be had
        over(host, shared, e);
      }
    }
    return bounded(shared, host, limit);
  }

  private CompletableFuture<Void> bounded(
      CompletableFuture<Void> shared, String host, Duration limit) {
    CompletableFuture<Void> own = new CompletableFuture<>();
    Runnable disarm =
        timer.after(
            limit,
            () ->
                complete(
                    own,
                    names.keeps(host)
                        ? null
                        : new ConnectTimeoutException(host + ": no address within " + limit)));
    var unused =
        shared.whenComplete(
            (found, fault) -> {
              disarm.run();
              complete(own, fault);
            });
    return own;
  }

  private void lookUp(String host, CompletableFuture<Void> shared) {
    Throwable fault = null;
    try {
      names.refresh(host);
    } catch (Throwable e) { // an Error, too, must not leave anybody waiting
      fault = e;
    }
    over(host, shared, fault);
  }

  private void over(String host, CompletableFuture<Void> shared, Throwable fault) {
    synchronized (this) {
      running.remove(host, shared);
    }
    complete(shared, fault);
  }

  private static void complete(CompletableFuture<Void> future, Throwable fault) {
    if (fault == null) {
      future.complete(null);
    } else {
      future.completeExceptionally(fault);
    }
  }

  /** Ends the threads; whoever waits is told. */
  @Override
  public void close() {
    threads.shutdown(); // from here on nobody comes who would not be told
    List<CompletableFuture<Void>> left;
    synchronized (this) {
      left = List.copyOf(running.values());
      running.clear();
    }
    left.forEach(
        shared ->
            shared.completeExceptionally(new CancellationException("the transport is closed")));
    threads.shutdownNow();
  }
}
