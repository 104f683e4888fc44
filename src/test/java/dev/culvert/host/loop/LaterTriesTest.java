package dev.culvert.host.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LaterTriesTest {

  private final AtomicInteger tries = new AtomicInteger();

  @Test
  void what_is_done_at_once_is_not_tried_again() {
    LaterTries.run(() -> tries.incrementAndGet() == 1, 60_000);

    assertThat(tries).hasValue(1);
  }

  @Test
  void what_is_done_later_is_tried_until_then() {
    LaterTries.run(() -> tries.incrementAndGet() == 3, 1);

    assertThat(tries).hasValue(3);
  }

  @Test
  void what_is_never_done_is_given_up() {
    LaterTries.run(() -> tries.incrementAndGet() < 0, 1);

    assertThat(tries).hasValue(6);
  }

  @Test
  void they_are_made_on_a_thread_of_their_own() throws InterruptedException {
    Thread caller = Thread.currentThread();
    CountDownLatch elsewhere = new CountDownLatch(1);

    LaterTries.begin(
        "tries",
        () -> {
          if (Thread.currentThread() != caller) {
            elsewhere.countDown();
          }
          return true;
        });

    assertThat(elsewhere.await(10, TimeUnit.SECONDS)).isTrue();
  }
}
