package dev.culvert.http;

import java.util.concurrent.Future;
import org.apache.hc.core5.concurrent.Cancellable;

/** Cancels what has begun of a call, and what begins of it later. Any thread. */
final class Cancellation {

  // Guarded by this.
  private Future<Void> future;
  private Cancellable execution = () -> false;
  private boolean cancelled;

  /** The client has the request. */
  void begun(Future<Void> running) {
    boolean late;
    synchronized (this) {
      future = running;
      late = cancelled;
    }
    if (late) {
      running.cancel(true);
    }
  }

  /** The request has a connection. */
  void connected(Cancellable executing) {
    boolean late;
    synchronized (this) {
      execution = executing;
      late = cancelled;
    }
    if (late) {
      executing.cancel();
    }
  }

  /** Cancels. Idempotent. */
  void cancel() {
    Future<Void> running;
    Cancellable executing;
    synchronized (this) {
      cancelled = true;
      running = future;
      executing = execution;
    }
    executing.cancel();
    if (running != null) {
      running.cancel(true);
    }
  }
}
