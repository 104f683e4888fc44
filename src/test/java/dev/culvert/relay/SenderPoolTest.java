package dev.culvert.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.thread.DaemonThreads;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SenderPoolTest {

  private static final int LEAST = 2;

  private final SenderPool pool = new SenderPool(LEAST, DaemonThreads.named("sender-test"));
  private final CountDownLatch released = new CountDownLatch(1);

  @AfterEach
  void end() throws InterruptedException {
    released.countDown();
    pool.shutdown();
    assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  private void block(int threads) {
    for (int i = 0; i < threads; i++) {
      pool.execute(
          () -> {
            try {
              released.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }
  }

  @Test
  void shortTasksMakeNoMoreThreads() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1_000);
    for (int i = 0; i < 1_000; i++) {
      pool.execute(done::countDown);
    }
    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    pool.adjust();
    pool.adjust();

    assertThat(pool.getLargestPoolSize()).isEqualTo(LEAST);
  }

  @Test
  void aTaskThatWaitsAfterHeldThreadsGetsAnother() throws InterruptedException {
    block(LEAST);
    CountDownLatch done = new CountDownLatch(1);
    pool.execute(done::countDown);
    assertThat(pool.hasWaiting()).isTrue();

    pool.adjust();
    assertThat(pool.getPoolSize()).as("seen waiting for the first time").isEqualTo(LEAST);
    pool.adjust();

    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void threadsThatAreNotNeededAnyMoreLeave() {
    block(3 * LEAST);
    pool.adjust();
    pool.adjust();
    pool.adjust();
    await().until(() -> !pool.hasWaiting());
    assertThat(pool.getCorePoolSize()).isEqualTo(4 * LEAST);

    pool.adjust();
    assertThat(pool.getCorePoolSize()).as("some are free").isEqualTo(4 * LEAST);
    released.countDown();
    await().until(() -> pool.getActiveCount() == 0);
    pool.adjust();

    await().until(() -> pool.getPoolSize() <= LEAST);
  }

  @Test
  void thereAreNeverMoreThanTheMost() {
    block(SenderPool.MOST + 10);
    for (int i = 0; i < 20; i++) {
      pool.adjust();
    }

    assertThat(pool.getPoolSize()).isEqualTo(SenderPool.MOST);
  }
}
