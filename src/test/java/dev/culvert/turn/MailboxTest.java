package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
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
}
