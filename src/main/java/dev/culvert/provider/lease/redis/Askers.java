package dev.culvert.provider.lease.redis;

import dev.culvert.thread.DaemonThreads;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Threads that ask Redis, and wait for its answers. Of a Redis that answers slowly nobody waits for
 * his turn longer than for an answer. Any thread may call.
 */
final class Askers implements AutoCloseable {

  static final int THREADS = 8;
  static final int QUEUE = 1_000;

  /** Longest wait of an urgent question for its turn. */
  static final Duration PATIENCE = RedisConnection.PATIENCE;

  private final LeaseKeeper keeper;
  private final LongSupplier clock;
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          5,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(QUEUE),
          DaemonThreads.named("culvert-lease"));

  /** Set once, before the threads end: a question that begins after that is not sent. */
  private volatile boolean closed;

  /**
   * @param clock in nanoseconds
   */
  Askers(LeaseKeeper keeper, LongSupplier clock) {
    this.keeper = keeper;
    this.clock = clock;
    threads.allowCoreThreadTimeOut(true);
  }

  boolean isClosed() {
    return closed;
  }

  /** Asks; answered at once while Redis is down. Never completes exceptionally. */
  <T> CompletionStage<T> ask(String provider, Question<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    if (keeper.store(provider).isEmpty()) {
      answer.complete(question.unsent(keeper.fault(provider)));
      return answer;
    }
    long since = clock.getAsLong();
    try {
      threads.execute(
          () -> {
            try {
              answer.complete(answered(provider, question, since));
            } catch (Throwable e) { // whoever waits must not wait for good
              answer.complete(question.overloaded(e.toString()));
            } finally {
              answer.completeExceptionally(new IllegalStateException("no answer"));
            }
          });
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      answer.complete(question.overloaded(closed ? "closed" : "too many are waiting for it"));
    }
    return answer;
  }

  private <T> T answered(String provider, Question<T> question, long since) {
    if (closed) {
      return question.unsent("closed");
    }
    Optional<RedisLeases> store = keeper.store(provider);
    if (store.isEmpty()) {
      return question.unsent(keeper.fault(provider));
    }
    if (question.isUrgent() && clock.getAsLong() - since > PATIENCE.toNanos()) {
      return question.unsent("it answers too slowly for so many questions");
    }
    try {
      return question.ask(store.get());
    } catch (Throwable e) {
      keeper.failed(store.get(), provider, e);
      return question.unanswered(e.toString());
    }
  }

  /**
   * Returns when the questions under way have been answered, or after a bounded time. Idempotent.
   */
  @Override
  public void close() {
    closed = true;
    threads.shutdown();
    try {
      if (!threads.awaitTermination(RedisLeaseStore.END.toMillis(), TimeUnit.MILLISECONDS)) {
        threads.shutdownNow().forEach(Runnable::run); // each is answered, without the store
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
