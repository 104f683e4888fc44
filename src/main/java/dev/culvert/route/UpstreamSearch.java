package dev.culvert.route;

import dev.culvert.boundary.DialResult;
import dev.culvert.boundary.Fields;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.Outcome;
import dev.culvert.handshake.Refusal;
import dev.culvert.handshake.UpstreamResponse;
import dev.culvert.provider.Attempt;
import dev.culvert.provider.Attempts;
import dev.culvert.provider.Choice;
import dev.culvert.provider.Failure;
import dev.culvert.provider.Verdict;
import dev.culvert.thread.Threads;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;

/**
 * Asks one upstream after the other to go over to the client's protocol, until one does or the
 * client is to be told something else. One step follows the other, on whatever thread; no thread
 * waits.
 */
final class UpstreamSearch {

  /** How the search ended. */
  sealed interface Found {

    /**
     * An upstream switches protocols.
     *
     * @param attempt to be closed by the receiver
     * @param connection of the upstream; as the attempt
     */
    record Switched(
        Attempt attempt, Upstream.Address address, long connection, UpstreamResponse.Switch agreed)
        implements Found {}

    /** What the client gets instead; nothing is held any more. */
    record Answered(UpstreamResponse response) implements Found {}

    /** The client has left; nothing will be held any more. */
    record Left() implements Found {}
  }

  private final Gateway gateway;
  private final HandshakeRequest asked;
  private final Attempts attempts;
  private final HandshakeDial dials;
  private final HandshakeTime time;

  /** Completed once, by whoever comes first: a step, or the client that leaves. */
  private final CompletableFuture<Found> found = new CompletableFuture<>();

  /** What the last upstream answered; of whichever step comes next. */
  private volatile Optional<UpstreamResponse> last = Optional.empty();

  /** Ends what is being waited for. */
  private volatile Runnable stop = () -> {};

  /**
   * A search that has not begun.
   *
   * @param clock in nanoseconds, as {@link System#nanoTime}
   */
  UpstreamSearch(Gateway gateway, HandshakeRequest asked, Attempts attempts, LongSupplier clock) {
    this.gateway = gateway;
    this.asked = asked;
    this.attempts = attempts;
    this.dials = new HandshakeDial(gateway, asked);
    this.time = new HandshakeTime(asked.settings(), asked.route(), clock);
  }

  /**
   * Begins.
   *
   * @return never completes exceptionally; may complete on the calling thread, and on one of the
   *     host's when the gateway has ended
   */
  CompletableFuture<Found> start() {
    guarded(Optional.empty(), this::next);
    return found;
  }

  /** The client has left: nobody is asked any more. Any thread; no effect after the end. */
  void abandon() {
    if (found.complete(new Found.Left())) {
      attempts.close();
      stop.run();
    }
  }

  private void stoppable(Runnable how) {
    stop = how;
    if (found.isDone()) {
      how.run();
    }
  }

  private void next() {
    CompletableFuture<Choice> choice = attempts.next().toCompletableFuture();
    boolean here = choice.isDone();
    CompletableFuture<?> unused =
        choice.whenComplete(
            (chosen, fault) -> {
              Runnable step = () -> guarded(Optional.empty(), () -> chosen(chosen, fault));
              if (here) {
                step.run();
              } else { // a thread of the lease store must not be kept waiting
                Threads.executeOrRun(gateway.workers(), step);
              }
            });
  }

  private void chosen(Choice choice, Throwable fault) {
    if (choice instanceof Attempt attempt) {
      guarded(Optional.of(attempt), () -> ask(attempt));
    } else if (choice instanceof Choice.None none) {
      answer(last.orElseGet(() -> Refusal.unavailable(none.reason(), none.retryAfter())));
    } else {
      answer(Refusal.error("choice: " + fault));
    }
  }

  /** Whatever goes wrong, an Error too, ends the search: a client waits for it. */
  private void guarded(Optional<Attempt> attempt, Runnable step) {
    try {
      step.run();
    } catch (Throwable e) {
      Refusal refusal = Refusal.error("fault: " + e);
      attempt.ifPresentOrElse(held -> end(held, refusal), () -> answer(refusal));
    }
  }

  private void ask(Attempt attempt) {
    if (found.isDone()) {
      drop(attempt);
      return;
    }
    if (time.isOver()) {
      end(attempt, last.orElseGet(UpstreamSearch::noTime));
      return;
    }
    Candidates candidates = Candidates.of(asked, attempt);
    if (candidates instanceof Candidates.Found ready) {
      Duration given = time.left();
      CompletableFuture<?> unused =
          dial(ready, given)
              .whenComplete(
                  (result, fault) ->
                      Threads.executeOrRun(
                          gateway.workers(),
                          () ->
                              guarded(
                                  Optional.of(attempt),
                                  () -> settled(attempt, ready, given, result, fault))));
    } else if (candidates instanceof Candidates.None none) {
      end(attempt, none.refusal());
    }
  }

  private static UpstreamResponse noTime() {
    return new Refusal(Outcome.TIMEOUT, 504, Headers.NONE, "handshake: its time was over");
  }

  private CompletableFuture<DialResult> dial(Candidates.Found candidates, Duration given) {
    try {
      CompletableFuture<Map<String, Object>> dialling = dials.begin(candidates, given);
      stoppable(() -> dialling.cancel(false));
      return dialling.thenApply(fields -> Fields.to(DialResult.class, fields));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Nobody else knows of the connection: it must not outlive a fault. */
  private void settled(
      Attempt attempt,
      Candidates.Found candidates,
      Duration given,
      DialResult result,
      Throwable fault) {
    try {
      dialled(attempt, candidates, given, result, fault);
    } catch (RuntimeException | Error e) {
      dials.abandon(result);
      throw e;
    }
  }

  private void dialled(
      Attempt attempt,
      Candidates.Found candidates,
      Duration given,
      DialResult result,
      Throwable fault) {
    if (found.isDone()) {
      drop(attempt);
      dials.abandon(result);
      return;
    }
    if (fault != null) {
      Throwable cause = fault instanceof CompletionException ? fault.getCause() : fault;
      end(attempt, Refusal.unavailable("handshake: " + cause.getMessage()));
      return;
    }
    UpstreamResponse response =
        UpstreamResponse.judge(result, asked.request(), asked.token(), asked.route());
    if (response instanceof UpstreamResponse.Switch agreed) {
      switched(attempt, candidates, result, agreed);
      return;
    }
    dials.abandon(result);
    attempt.tried(result.address() + 1);
    if (HandshakeFailures.isServed(response)) {
      attempt.succeeded();
      attempt.close();
      answer(response);
    } else if (result.outcome().equals(DialResult.TIMEOUT) && !time.isFair(given)) {
      end(attempt, last.orElse(response));
    } else {
      failed(attempt, HandshakeFailures.of(asked, result, response), response);
    }
  }

  private void switched(
      Attempt attempt,
      Candidates.Found candidates,
      DialResult result,
      UpstreamResponse.Switch agreed) {
    attempt.succeeded();
    Upstream.Address address = candidates.list().get(result.address()).address();
    boolean wanted =
        found.complete(new Found.Switched(attempt, address, result.connection(), agreed));
    if (!wanted) {
      attempt.close();
      dials.abandon(result);
    }
  }

  private void failed(Attempt attempt, Failure failure, UpstreamResponse response) {
    Verdict verdict = attempts.after(attempt, failure);
    attempt.close();
    last = Optional.of(response);
    if (!HandshakeFailures.isRepeatable(asked, failure) || time.isOver()) {
      answer(response);
    } else if (verdict instanceof Verdict.Retry retry) {
      stoppable(gateway.after(withinTime(retry.delay()), this::nextByWorker));
    } else if (verdict instanceof Verdict.Switch) {
      next();
    } else {
      answer(response);
    }
  }

  /** After the time there is no attempt, and the client has waited for long enough. */
  private Duration withinTime(Duration pause) {
    Duration left = time.left();
    return pause.compareTo(left) < 0 ? pause : left;
  }

  private void nextByWorker() {
    Threads.executeOrRun(gateway.workers(), () -> guarded(Optional.empty(), this::resume));
  }

  private void resume() {
    if (time.isOver()) {
      answer(last.orElseGet(UpstreamSearch::noTime));
    } else {
      next();
    }
  }

  /** The upstream has nothing to do with it: the client has left. */
  private static void drop(Attempt attempt) {
    attempt.failed(Failure.of(Failure.Kind.CLIENT_GONE));
    attempt.close();
  }

  /** The gateway's fault, or the client's; the upstream has nothing to do with it. */
  private void end(Attempt attempt, UpstreamResponse response) {
    try {
      attempt.failed(Failure.of(Failure.Kind.LOCAL));
      attempt.close();
    } finally {
      answer(response);
    }
  }

  private void answer(UpstreamResponse response) {
    found.complete(new Found.Answered(response));
  }
}
