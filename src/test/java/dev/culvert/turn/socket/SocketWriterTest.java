package dev.culvert.turn.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.culvert.turn.WriteGuard;
import dev.culvert.turn.Writes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketWriterTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private final SocketRig session = new SocketRig();
  private final CountDownLatch writing = new CountDownLatch(1);
  private final CountDownLatch gate = new CountDownLatch(1);
  private final SocketWriter writer =
      new SocketWriter(
          session, new WriteGuard(new Writes((delay, task) -> () -> {}, System::nanoTime), LONG));

  @AfterEach
  void close() {
    gate.countDown();
    session.close();
  }

  private void hold() {
    writing.countDown();
    try {
      assertThat(gate.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void send(String text) {
    try {
      writer.send(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void oneMessageIsSentAfterTheOtherAndTheCloseBehindThem() throws Exception {
    session.whenSending = this::hold;
    CompletableFuture<Void> first = CompletableFuture.runAsync(() -> send("first"));
    assertThat(writing.await(10, TimeUnit.SECONDS)).isTrue();
    Thread second = begin(() -> send("second"));
    writer.ping();
    assertThat(session.sent).as("nobody waits with a ping").isEmpty();
    Thread close = begin(() -> writer.close(1000, "bye"));
    gate.countDown();

    first.get(10, TimeUnit.SECONDS);
    second.join(10_000);
    close.join(10_000);
    assertThat(session.sent).containsExactly("first", "close 1000");
    assertThatThrownBy(() -> writer.send("late")).isInstanceOf(IOException.class);
  }

  /** The thread of a task that has come to wait. */
  private static Thread begin(Runnable task) {
    Thread thread = new Thread(task);
    thread.setUncaughtExceptionHandler((failed, fault) -> {});
    thread.start();
    await("the wait").until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    return thread;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void behindAFailedMessageNothingIsSent(boolean closed) {
    session.whenSending =
        () -> {
          session.whenSending = () -> {};
          throw closed
              ? new IllegalStateException("the session is closed")
              : new UncheckedIOException(new IOException("broken pipe"));
        };

    assertThatThrownBy(() -> writer.send("first")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> writer.send("second")).isInstanceOf(IOException.class);
    writer.ping();

    assertThat(session.sent).isEmpty();
  }
}
