package dev.culvert.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Whoever looks after the writes does nothing here but tell the time. */
class WriteGuardTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final AtomicLong now = new AtomicLong();
  private final WriteGuard guard = new WriteGuard(now::get, PATIENCE);

  @Test
  void aWriteThatTakesTooLongIsInterrupted() throws Exception {
    CountDownLatch writing = new CountDownLatch(1);
    CompletableFuture<Throwable> result = new CompletableFuture<>();
    Thread writer =
        new Thread(
            () -> {
              try {
                guard.run(() -> block(writing));
                result.complete(null);
              } catch (IOException | RuntimeException e) {
                result.complete(Thread.currentThread().isInterrupted() ? new AssertionError() : e);
              }
            });
    writer.start();
    assertThat(writing.await(10, TimeUnit.SECONDS)).isTrue();

    now.addAndGet(PATIENCE.toNanos() - 1);
    guard.check();
    assertThat(result).as("in time").isNotDone();
    now.incrementAndGet();
    guard.check();

    assertThat(result.get(10, TimeUnit.SECONDS)).isInstanceOf(StalledException.class);
    writer.join(10_000);
  }

  /** As Tyrus does: an interrupt ends the wait as if the message had been sent. */
  private static void block(CountDownLatch writing) {
    writing.countDown();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Or its failure would have the server wait for what it holds for the client. */
  @Test
  void theConnectionIsEndedFirst() {
    AtomicInteger ends = new AtomicInteger();
    WriteGuard ending =
        new WriteGuard(
            now::get,
            PATIENCE,
            () -> {
              assertThat(Thread.currentThread().isInterrupted()).isFalse();
              ends.incrementAndGet();
            });

    assertThatThrownBy(
            () ->
                ending.run(
                    () -> {
                      now.addAndGet(PATIENCE.toNanos());
                      ending.check();
                      ending.check();
                    }))
        .isInstanceOf(StalledException.class);
    assertThat(ends).as("once").hasValue(1);
  }

  @Test
  void nobodyIsInterruptedBetweenWrites() throws IOException {
    guard.run(() -> now.addAndGet(1));
    now.addAndGet(2 * PATIENCE.toNanos());

    guard.check();

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void theFaultOfAWriteIsPassedOn() {
    assertThatThrownBy(
            () ->
                guard.run(
                    () -> {
                      throw new IOException("reset");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("reset");
  }
}
