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

  /** An upstream that closes an idle connection does so before it has the next request. */
  private static final long MOMENT_OF_USE = Duration.ofSeconds(1).toNanos();

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

  /**
   * Whether a connection that breaks now may have been closed already when this request came: it
   * had served another one, and nothing of this one's answer has come.
   */
  boolean mayBeStale() {
    return kept && !answered && clock.getAsLong() - touched < MOMENT_OF_USE;
  }

  /** From now on nobody tells what is sent, so all may be. */
  void untold() {
    sent = true;
    watch();
  }

  /** There is a connection, and the head of the request is made for it. */
  void connected() {
    composing = true;
    moved();
    watch();
  }

  /** The connection was kept from an earlier request. */
  void kept() {
    kept = true;
  }

  /** The head of the request goes out: an upstream may act on that before there is a body. */
  void composed() {
    sent = true;
    composing = false;
  }

  /** All of the body has gone out. */
  void requestEnded() {
    requestEnded = true;
    moved();
    watch();
  }

  /**
   * An informational answer has come (RFC 9110 section 15.2). It does not put off the head that has
   * to come.
   */
  void informed() {
    answered = true;
    if (!requestEnded) {
      moved();
    }
  }

  /** The head of the answer has come. */
  void headReceived() {
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
