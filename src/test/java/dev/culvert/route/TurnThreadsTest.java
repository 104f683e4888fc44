package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.turn.Mailbox;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The end of the threads of turns. */
class TurnThreadsTest {

  private static final int MOST = 32;

  private final TurnThreads threads = new TurnThreads();
  private final List<String> done = new CopyOnWriteArrayList<>();

  @Test
  void nothingIsBegunBehindTheEndAndNoMailboxStandsStill() {
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

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
