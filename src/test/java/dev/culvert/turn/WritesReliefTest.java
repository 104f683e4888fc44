package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.thread.WriteGuard;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that take nothing, each of them for less than it may, hold up most threads together. */
class WritesReliefTest {

  private static final Duration PATIENCE = Duration.ofHours(1);
  private static final int MOST = Writes.MOST_HELD_UP;
  private static final String SCARCE = "scarce";

  private final AtomicLong now = new AtomicLong();
  private final Queue<Runnable> sweeps = new ArrayDeque<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final Writes writes =
      new Writes(
          (delay, task) -> {
            sweeps.add(task);
            return () -> {};
          },
          now::get,
          new Writes.Scarce(thread -> thread.getName().equals(SCARCE), 2));

  @AfterEach
  void endAll() {
    end.countDown();
  }

  @Test
  void theOneThatHasStalledForLongestIsGivenUp() throws Exception {
    CompletableFuture<Void> first = stalled(MOST / 2);
    now.incrementAndGet();
    CompletableFuture<Void> second = stalled(MOST / 2);
    now.incrementAndGet();
    CompletableFuture<Void> third = stalled(1);
    now.addAndGet(Writes.STALLED.toNanos());

    sweeps.remove().run();

    assertThatThrownBy(() -> first.get(10, TimeUnit.SECONDS))
        .hasRootCauseMessage("the client takes nothing");
    assertGoOn(second, third);
  }

  @Test
  void asManyAsMayAreLeftAlone() throws Exception {
    CompletableFuture<Void> first = stalled(MOST - 1);
    CompletableFuture<Void> second = stalled(1);
    now.addAndGet(Writes.STALLED.toNanos());

    sweeps.remove().run();

    assertGoOn(first, second);
  }

  /** Others of its client may wait for it too: those are no scarce ones. */
  @Test
  void ofScarceThreadsFewerMayBeHeldUp() throws Exception {
    CompletableFuture<Void> usual = stalled(9);
    CompletableFuture<Void> first = stalled(1, SCARCE);
    now.incrementAndGet();
    CompletableFuture<Void> second = stalled(9, SCARCE);
    CompletableFuture<Void> third = stalled(1, SCARCE);
    now.addAndGet(Writes.STALLED.toNanos());

    sweeps.remove().run();

    assertThatThrownBy(() -> first.get(10, TimeUnit.SECONDS))
        .hasRootCauseMessage("the client takes nothing");
    assertGoOn(usual, second, third);
  }

  @Test
  void whoIsSlowForAMomentDoesNotCount() throws Exception {
    CompletableFuture<Void> slow = stalled(MOST);
    now.addAndGet(Writes.STALLED.toNanos());
    CompletableFuture<Void> quick = stalled(1);

    sweeps.remove().run();

    assertGoOn(slow, quick);
  }

  /** Their clients take everything in the end. */
  @SafeVarargs
  private void assertGoOn(CompletableFuture<Void>... outcomes) {
    end.countDown();
    for (CompletableFuture<Void> outcome : outcomes) {
      assertThat(outcome).succeedsWithin(Duration.ofSeconds(10));
    }
  }

  /** The outcome of a write that has begun, and holds up as many threads. */
  private CompletableFuture<Void> stalled(int threads) throws InterruptedException {
    return stalled(threads, "usual");
  }

  private CompletableFuture<Void> stalled(int threads, String name) throws InterruptedException {
    WriteGuard guard = new WriteGuard(writes, PATIENCE);
    CountDownLatch writing = new CountDownLatch(1);
    CompletableFuture<Void> outcome =
        CompletableFuture.runAsync(
            () -> holdUp(guard, threads, writing), task -> new Thread(task, name).start());
    assertThat(writing.await(10, TimeUnit.SECONDS)).isTrue();
    return outcome;
  }

  private void holdUp(WriteGuard guard, int threads, CountDownLatch writing) {
    if (threads > 0) {
      guard.inTurn(() -> holdUp(guard, threads - 1, writing));
      return;
    }
    try {
      guard.run(() -> stall(writing));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void stall(CountDownLatch writing) throws IOException {
    writing.countDown();
    try {
      assertThat(end.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted");
    }
  }
}
