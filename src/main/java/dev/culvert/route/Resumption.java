package dev.culvert.route;

import dev.culvert.handshake.Refusal;
import dev.culvert.provider.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * What is left to do in an exchange when its server goes on with it: that happens once, or too
 * late, or never. Any thread.
 */
final class Resumption {

  private final Runnable conclusion;
  private final Consumer<Refusal> lost;
  private final AtomicBoolean settled = new AtomicBoolean();

  /** Set once, by the thread that makes the object. */
  private final Runnable disarm;

  /**
   * Waits for the server.
   *
   * @param conclusion run when the server goes on
   * @param lost run instead when it does not
   * @param patience longest time for the server
   */
  Resumption(Runnable conclusion, Consumer<Refusal> lost, Timer timer, Duration patience) {
    this.conclusion = conclusion;
    this.lost = lost;
    this.disarm =
        timer.after(
            patience,
            () -> lose(Refusal.unavailable("handshake: the server did not go on with it in time")));
  }

  /**
   * The server goes on: concludes.
   *
   * @return false when it is too late for that
   */
  boolean run() {
    if (!settled.compareAndSet(false, true)) {
      return false;
    }
    disarm.run();
    conclusion.run();
    return true;
  }

  /** The server does not go on; no effect once it has. */
  void lose(Refusal refusal) {
    if (settled.compareAndSet(false, true)) {
      lost.accept(refusal);
    }
  }
}
