package dev.culvert.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SendGuardTest {

  private final AtomicLong now = new AtomicLong();
  private final SendGuard guard = new SendGuard(Duration.ofSeconds(30), now::get);

  @Test
  void aSendThatTakesTooLongIsInterrupted() throws Exception {
    CountDownLatch sending = new CountDownLatch(1);
    CompletableFuture<Throwable> result = new CompletableFuture<>();
    Thread sender =
        new Thread(
            () -> {
              try {
                guard.run(() -> block(sending));
                result.complete(null);
              } catch (IOException | RuntimeException e) {
                result.complete(e);
              }
              assertThat(Thread.currentThread().isInterrupted()).isFalse();
            });
    sender.start();
    assertThat(sending.await(10, TimeUnit.SECONDS)).isTrue();

    now.addAndGet(Duration.ofSeconds(30).toNanos());
    guard.check();
    assertThat(result).as("in time").isNotDone();
    now.incrementAndGet();
    guard.check();

    assertThat(result.get(10, TimeUnit.SECONDS)).isInstanceOf(StalledException.class);
    sender.join(10_000);
  }

  /** As Tyrus does: an interrupt ends the wait as if the message had been sent. */
  private static void block(CountDownLatch sending) {
    sending.countDown();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void nobodyIsInterruptedBetweenSends() throws IOException {
    guard.run(() -> now.addAndGet(1));
    now.addAndGet(Duration.ofSeconds(60).toNanos());

    guard.check();

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void theFaultOfASendIsPassedOn() {
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
