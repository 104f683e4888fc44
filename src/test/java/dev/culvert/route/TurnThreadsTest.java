package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.ScarceThreads;
import dev.culvert.turn.Mailbox;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The end of the threads of turns. */
class TurnThreadsTest {

  private static final int MOST = TurnThreads.MOST;

  private final TurnThreads threads = new TurnThreads();
  private final List<String> done = new CopyOnWriteArrayList<>();

  @Test
  void nothingIsBegunAfterTheEndAndNoMailboxStandsStill() {
    threads.close();

    threads.execute(() -> done.add("begun"));
    threads.execute((Mailbox.Rest) () -> done.add("rest"));

    assertThat(done).containsExactly("rest");
  }

  @Test
  void neitherDoesOneWhoseRestIsStillQueued() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch busy = new CountDownLatch(MOST);
    for (int i = 0; i < MOST; i++) {
      threads.execute(
          () -> {
            busy.countDown();
            await(never);
          });
    }
    assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();
    threads.execute(() -> done.add("begun"));
    threads.execute((Mailbox.Rest) () -> done.add("rest"));

    threads.close();

    assertThat(done).containsExactly("rest");
  }

  @Test
  void theyKnowEachOfTheirOwn() throws Exception {
    CompletableFuture<Boolean> own = new CompletableFuture<>();

    threads.execute(() -> own.complete(threads.isWorker(Thread.currentThread())));

    assertThat(own.get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(threads.isWorker(Thread.currentThread())).isFalse();
    threads.close();
  }

  @Test
  void whatNoThreadCanBeHadForIsDoneHere() {
    TurnThreads none = new TurnThreads(new ScarceThreads(() -> {}));

    none.execute(() -> done.add(Thread.currentThread().getName()));

    assertThat(done).containsExactly(Thread.currentThread().getName());
    none.close();
  }

  @Test
  void whatIsDueThenWaitsUntilThereIsOne() throws Exception {
    TurnThreads few = new TurnThreads(new ScarceThreads(() -> {}));
    CountDownLatch ran = new CountDownLatch(1);
    few.timer()
        .after(
            Duration.ZERO,
            () -> {
              done.add(Thread.currentThread().getName());
              ran.countDown();
            });

    assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(done).containsExactly("scarce");
    few.close();
  }

  @Test
  void unlessItIsTakenBackMeanwhile() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch takenBack = new CountDownLatch(1);
    TurnThreads few =
        new TurnThreads(
            new ScarceThreads(
                () -> {
                  asked.countDown();
                  await(takenBack);
                }));
    Runnable takeBack = few.timer().after(Duration.ZERO, () -> done.add("begun"));
    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
    takeBack.run();
    takenBack.countDown();
    CountDownLatch later = new CountDownLatch(1);
    few.clock().after(Duration.ofMillis(400), later::countDown);

    assertThat(later.await(10, TimeUnit.SECONDS)).isTrue();
    few.close();
    assertThat(done).isEmpty();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
