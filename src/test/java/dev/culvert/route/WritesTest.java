package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.provider.Timer;
import dev.culvert.thread.WriteGuard;
import dev.culvert.turn.Writes;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Clients that take nothing hold up nobody for longer than they may. */
class WritesTest {

  private static final Duration LONG = Duration.ofMinutes(10);

  private final Turns turns = new Turns(Duration.ZERO, LONG);
  private final CountDownLatch writing = new CountDownLatch(1);
  private final CountDownLatch never = new CountDownLatch(1);
  private volatile boolean interrupted;

  @Test
  void aWriteThatTakesTooLongIsBrokenOff() {
    WriteGuard guard = turns.guard(Duration.ofMillis(1));

    assertThatThrownBy(() -> guard.run(this::stall))
        .isInstanceOf(IOException.class)
        .hasMessage("the client takes nothing");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void theEndOfTheDeploymentBreaksItOff() throws Exception {
    CompletableFuture<Boolean> interrupted = stalled(turns.guard(LONG));

    turns.close();

    assertThatThrownBy(() -> interrupted.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("the client takes nothing");
  }

  @Test
  void onlyWhatHasLastedIsBrokenOff() throws Exception {
    AtomicLong now = new AtomicLong();
    List<Runnable> sweeps = new ArrayList<>();
    Timer timer =
        (delay, task) -> {
          sweeps.add(task);
          return () -> {};
        };
    Writes writes = new Writes(timer, now::get, new Writes.Scarce(thread -> false, 0));
    CompletableFuture<Boolean> outcome = stalled(new WriteGuard(writes, Duration.ofNanos(2)));

    now.set(1);
    sweeps.remove(0).run();
    writes.interrupt(Duration.ofNanos(2));
    assertThat(interrupted).isFalse();
    assertThat(sweeps).as("the next look").hasSize(1);

    now.set(2);
    sweeps.remove(0).run();
    assertThatThrownBy(() -> outcome.get(10, TimeUnit.SECONDS))
        .hasRootCauseMessage("the client takes nothing");
    assertThat(interrupted).isTrue();
  }

  @Test
  void behindTheEndNothingIsWritten() {
    WriteGuard guard = turns.guard(LONG);
    turns.close();

    assertThatThrownBy(
            () ->
                guard.run(
                    () -> {
                      throw new AssertionError("written");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("the deployment has ended");
  }

  @Test
  void anErrorLeavesNoThreadToBeInterrupted() {
    WriteGuard guard = turns.guard(LONG);

    assertThatThrownBy(
            () ->
                guard.run(
                    () -> {
                      throw new LinkageError("no");
                    }))
        .isInstanceOf(LinkageError.class);
    guard.interrupt(Duration.ZERO);

    assertThat(Thread.interrupted()).isFalse();
  }

  /** The outcome of a write that has begun, on a thread of its own. */
  private CompletableFuture<Boolean> stalled(WriteGuard guard) throws InterruptedException {
    CompletableFuture<Boolean> outcome = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                guard.run(this::stall);
                outcome.complete(true);
              } catch (IOException e) {
                outcome.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    assertThat(writing.await(10, TimeUnit.SECONDS)).isTrue();
    return outcome;
  }

  private void stall() throws IOException {
    writing.countDown();
    try {
      boolean unused = never.await(LONG.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
      throw new InterruptedIOException("interrupted");
    }
  }
}
