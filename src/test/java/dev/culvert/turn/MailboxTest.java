package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MailboxTest {

  private final List<String> done = new ArrayList<>();

  @Test
  void aTaskThatHandsInAnotherIsNotInterrupted() {
    Mailbox mailbox = new Mailbox(() -> done.add("fault"));

    mailbox.run(
        () -> {
          mailbox.run(() -> done.add("second"));
          done.add("first");
        });

    assertThat(done).containsExactly("first", "second");
  }

  @Test
  void aThreadInAHurryLeavesTheRestToOthers() {
    Mailbox mailbox = new Mailbox(() -> done.add("fault"));
    List<Runnable> others = new ArrayList<>();

    mailbox.run(
        () -> {
          for (int i = 1; i <= 4; i++) {
            String name = "follower " + i;
            mailbox.run(() -> done.add(name));
          }
        },
        others::add);
    assertThat(done).containsExactly("follower 1");
    mailbox.run(() -> done.add("later"));
    assertThat(done).hasSize(1);

    others.forEach(Runnable::run);
    assertThat(done)
        .containsExactly("follower 1", "follower 2", "follower 3", "follower 4", "later");
  }

  @Test
  void whatOthersRefuseIsDoneHere() {
    Mailbox mailbox = new Mailbox(() -> done.add("fault"));

    mailbox.run(
        () -> {
          mailbox.run(() -> done.add("follower 1"));
          mailbox.run(() -> done.add("follower 2"));
        },
        rest -> {
          throw new RejectedExecutionException("over");
        });
    mailbox.run(() -> done.add("later"));

    assertThat(done).containsExactly("follower 1", "follower 2", "later");
  }

  @Test
  void whoBringsMoreThanIsTakenIsHeldUp() throws Exception {
    Mailbox mailbox = new Mailbox(() -> done.add("fault"));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch blocked = new CountDownLatch(1);
    Thread slow =
        new Thread(
            () ->
                mailbox.run(
                    () -> {
                      begun.countDown();
                      awaitUninterrupted(blocked);
                    }));
    slow.start();
    begun.await();

    Thread reader = new Thread(() -> mailbox.runInTurn(() -> done.add("event")));
    reader.start();
    await().until(() -> reader.getState() == Thread.State.TIMED_WAITING);
    assertThat(done).isEmpty();

    blocked.countDown();
    reader.join(10_000);
    slow.join(10_000);
    assertThat(done).containsExactly("event");
  }

  @Test
  void aTaskDoesNotWaitForOneThatItBrings() {
    Mailbox mailbox = new Mailbox(() -> done.add("fault"));

    mailbox.runInTurn(
        () -> {
          mailbox.runInTurn(() -> done.add("second"));
          done.add("first");
        });

    assertThat(done).containsExactly("first", "second");
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFaultIsHandledBeforeTheNextTask() {
    Mailbox mailbox = new Mailbox(() -> done.add("fault"));

    mailbox.run(
        () -> {
          mailbox.run(() -> done.add("second"));
          throw new IllegalStateException("no");
        });

    assertThat(done).containsExactly("fault", "second");
  }

  @Test
  void anErrorDoesNotStopIt() {
    Mailbox mailbox = new Mailbox(() -> done.add("fault"));

    mailbox.run(
        () -> {
          throw new LinkageError("no");
        });
    mailbox.run(() -> done.add("second"));

    assertThat(done).containsExactly("fault", "second");
  }

  @Test
  void norDoesAHandlerThatFailsToo() {
    Mailbox mailbox =
        new Mailbox(
            () -> {
              throw new OutOfMemoryError("no");
            });

    mailbox.run(
        () -> {
          throw new OutOfMemoryError("no");
        });
    mailbox.run(() -> done.add("second"));

    assertThat(done).containsExactly("second");
  }
}
