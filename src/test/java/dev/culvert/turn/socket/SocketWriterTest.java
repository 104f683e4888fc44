package dev.culvert.turn.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.thread.WriteGuard;
import dev.culvert.turn.Writes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
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
  private final List<String> failures = new CopyOnWriteArrayList<>();
  private final Writes writes =
      new Writes(
          (delay, task) -> () -> {}, System::nanoTime, new Writes.Scarce(thread -> false, 0));
  private final WriteGuard guard = new WriteGuard(writes, LONG);
  private final SocketWriter writer =
      new SocketWriter(session, guard, fault -> failures.add(fault.getMessage()));

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
    writer.sendInTurn(() -> {}, text);
  }

  @Test
  void oneMessageIsSentAfterTheOtherAndTheCloseAfterThem() throws Exception {
    session.whenSending = this::hold;
    CompletableFuture<Void> first = CompletableFuture.runAsync(() -> send("first"));
    assertThat(writing.await(10, TimeUnit.SECONDS)).isTrue();
    Thread second = begin(() -> send("second"));
    writer.sendSoon(() -> {}, "last words");
    writer.close(1000, "bye", () -> session.sent.add("then"));
    assertThat(session.sent).as("only events wait").isEmpty();
    gate.countDown();

    first.get(10, TimeUnit.SECONDS);
    second.join(10_000);
    send("late");
    assertThat(session.sent).containsExactly("first", "second", "last words", "close 1000", "then");
    assertThat(failures).isEmpty();
  }

  @Test
  void whoeverWaitsForAMessageIsHeldUpByTheClient() throws Exception {
    session.whenSending = this::hold;
    CompletableFuture<Void> first = CompletableFuture.runAsync(() -> send("first"));
    assertThat(writing.await(10, TimeUnit.SECONDS)).isTrue();
    writer.sendSoon(() -> {}, "last words");
    Thread second = begin(() -> send("second"));

    assertThat(guard.heldUp()).isEqualTo(2);
    gate.countDown();
    first.get(10, TimeUnit.SECONDS);
    second.join(10_000);
    assertThat(guard.heldUp()).as("the next one").isEqualTo(1);
  }

  @Test
  void whatComesBeforeAMessageIsDoneWhenItIsItsTurn() throws Exception {
    session.whenSending = this::hold;
    CompletableFuture<Void> first = CompletableFuture.runAsync(() -> send("first"));
    assertThat(writing.await(10, TimeUnit.SECONDS)).isTrue();
    CountDownLatch freed = new CountDownLatch(1);
    writer.sendSoon(freed::countDown, "second");

    assertThat(freed.getCount()).isEqualTo(1);
    gate.countDown();
    first.get(10, TimeUnit.SECONDS);
    assertThat(freed.getCount()).isZero();
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

    send("first");
    send("second");
    writer.ping();

    assertThat(failures).hasSize(1);
    assertThat(session.sent).isEmpty();
  }

  @Test
  void theEndOfTheDeploymentLeavesRoomForTheClose() {
    writes.close();

    send("late");
    writer.close(1012, "service restart", () -> {});

    assertThat(failures).hasSize(1);
    assertThat(session.sent).containsExactly("close 1012");
  }
}
