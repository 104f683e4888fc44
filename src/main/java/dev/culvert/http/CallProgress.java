package dev.culvert.http;

import dev.culvert.provider.Timer;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * How far a call has come, and whether it goes on: while the request goes out, and from the head of
 * the answer on, there must be no silence; between them the head must come. Any thread.
 */
final class CallProgress {

  private final UpstreamCall.Limits limits;
  private final Timer timer;
  private final LongSupplier clock;
  private final Consumer<String> late;

  /** When something last went either way. */
  private volatile long touched;

  /** Whether the head of the request is being made for a connection that is there. */
  private volatile boolean composing;

  private volatile boolean sent;
  private volatile boolean requestEnded;
  private volatile boolean headReceived;

  /** Whether the connection had served another request before. */
  private volatile boolean kept;

  /** Whether anything of an answer has come. */
  private volatile boolean answered;

  /** Takes the watch back; guarded by this. */
  private Runnable disarm = () -> {};

  /** Guarded by this. */
  private boolean stopped;

  /**
   * @param hasBody whether the request has one
   * @param clock in nanoseconds
   * @param late told what takes too long, at the end of a limit
   */
  CallProgress(
      UpstreamCall.Limits limits,
      boolean hasBody,
      Timer timer,
      LongSupplier clock,
      Consumer<String> late) {
    this.limits = limits;
    this.requestEnded = !hasBody;
    this.timer = timer;
    this.clock = clock;
    this.late = late;
    this.touched = clock.getAsLong();
  }

  /** Whether the upstream may act on what has reached it. */
  boolean isSent() {
    return sent;
  }

  /** Whether all of the request has gone. */
  boolean isRequestEnded() {
    return requestEnded;
  }

  /** Whether a fault is one of the request, of which nothing has gone out. */
  boolean isComposing() {
    return composing;
  }

  /** Whether the connection had served another request, and has brought nothing for this one. */
  boolean mayBeStale() {
    return kept && !answered;
  }

  /** From now on nobody tells what is sent, so all may be. */
  void untold() {
    sent = true;
    watch();
  }

  /** There is a connection, and the head of the request is made for it. */
  void connected() {
    composing = true;
    sent = requestEnded;
    moved();
    watch();
  }

  /** The connection was kept from an earlier request. */
  void kept() {
    kept = true;
  }

  /** The head of the request goes out. */
  void composed() {
    composing = false;
  }

  /** Something of the body has gone out. */
  void bodyMoved() {
    sent = true;
    moved();
  }

  /** All of the body has gone out. */
  void requestEnded() {
    sent = true;
    requestEnded = true;
    moved();
    watch();
  }

  /** An informational answer has come (RFC 9110 section 15.2). */
  void informed() {
    answered = true;
    moved();
  }

  /** The head of the answer has come. */
  void headReceived() {
    sent = true;
    answered = true;
    headReceived = true;
    moved();
    watch();
  }

  /** Something went either way. */
  void moved() {
    touched = clock.getAsLong();
  }

  /** The call is over. */
  synchronized void stop() {
    stopped = true;
    disarm.run();
  }

  private void watch() {
    boolean awaitsHead;
    Duration limit;
    synchronized (this) {
      awaitsHead = requestEnded && !headReceived;
      limit = awaitsHead ? limits.response() : limits.idle();
      long left = limit.toNanos() - (clock.getAsLong() - touched);
      disarm.run();
      if (stopped || limit.isZero()) {
        return;
      }
      if (left > 0) {
        disarm = timer.after(Duration.ofNanos(left), this::watch);
        return;
      }
    }
    late.accept((awaitsHead ? "no response for " : "nothing for ") + limit);
  }
}
