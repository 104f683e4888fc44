package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
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

  @Test
  void whoBringsMoreThanTheOtherTakesWaits() throws Exception {
    Mailbox mailbox = new Mailbox(() -> done.add("fault"));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    CompletableFuture<Void> slow =
        CompletableFuture.runAsync(
            () ->
                mailbox.run(
                    () -> {
                      begun.countDown();
                      awaitQuietly(gate);
                    }));
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
    Thread bringing = new Thread(() -> mailbox.await(() -> done.add("brought")));
    bringing.start();
    Awaitility.await().until(() -> bringing.getState() == Thread.State.TIMED_WAITING);

    gate.countDown();
    bringing.join(10_000);
    slow.get(10, TimeUnit.SECONDS);

    assertThat(done).containsExactly("brought");
  }

  @Test
  void aTaskThatBringsAnotherDoesNotWaitForIt() {
    Mailbox mailbox = new Mailbox(() -> done.add("fault"));

    mailbox.await(
        () -> {
          mailbox.await(() -> done.add("second"));
          done.add("first");
        });

    assertThat(done).containsExactly("first", "second");
  }

  private static void awaitQuietly(CountDownLatch gate) {
    try {
      boolean unused = gate.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
