package dev.culvert.route;

import dev.culvert.boundary.DialResult;
import dev.culvert.boundary.DialSpec;
import dev.culvert.boundary.Fields;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.Refusal;
import dev.culvert.handshake.UpstreamResponse;
import dev.culvert.provider.Attempt;
import dev.culvert.provider.Attempts;
import dev.culvert.provider.Choice;
import dev.culvert.provider.Failure;
import dev.culvert.provider.Verdict;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

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
  }

  /** Longest response head and body of an upstream that refuses. */
  private static final int MAX_HEAD = 64 * 1024;

  private static final int MAX_BODY = 64 * 1024;

  private final Gateway gateway;
  private final HandshakeRequest asked;
  private final Attempts attempts;

  /** The time of the handshake is for all upstreams together. */
  private final long begun = System.nanoTime();

  private final CompletableFuture<Found> found = new CompletableFuture<>();

  /** What the last upstream answered; of whichever step comes next. */
  private volatile Optional<UpstreamResponse> last = Optional.empty();

  UpstreamSearch(Gateway gateway, HandshakeRequest asked, Attempts attempts) {
    this.gateway = gateway;
    this.asked = asked;
    this.attempts = attempts;
  }

  /**
   * Begins.
   *
   * @return never completes exceptionally; may complete on the calling thread, and on one of the
   *     host's when the gateway has ended
   */
  CompletableFuture<Found> start() {
    next();
    return found;
  }

  private void next() {
    CompletionStage<Choice> choice = attempts.next();
    CompletableFuture<Choice> known = choice.toCompletableFuture();
    if (known.isDone()) {
      chosen(known.join());
    } else {
      CompletionStage<Void> unused =
          choice.thenAccept(later -> Workers.executeOrRun(gateway.workers(), () -> chosen(later)));
    }
  }

  private void chosen(Choice choice) {
    if (choice instanceof Attempt attempt) {
      guarded(attempt, () -> ask(attempt));
    } else if (choice instanceof Choice.None none) {
      answer(last.orElseGet(() -> Refusal.unavailable(none.reason(), none.retryAfter())));
    }
  }

  /** Whatever goes wrong ends the search: a client waits for it. */
  private void guarded(Attempt attempt, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      end(attempt, Refusal.error("fault: " + e));
    }
  }

  private void ask(Attempt attempt) {
    Candidates candidates = Candidates.of(asked, attempt);
    if (candidates instanceof Candidates.Found ready) {
      CompletableFuture<?> unused =
          dial(ready)
              .whenComplete(
                  (result, fault) ->
                      Workers.executeOrRun(
                          result != null && result.connection() != 0
                              ? gateway.workers()
                              : gateway.answering(),
                          () -> guarded(attempt, () -> dialled(attempt, ready, result, fault))));
    } else if (candidates instanceof Candidates.None none) {
      end(attempt, none.refusal());
    }
  }

  private CompletableFuture<DialResult> dial(Candidates.Found candidates) {
    try {
      return gateway
          .host()
          .dial(gateway.deployment(), Fields.of(dialSpec(candidates)))
          .thenApply(fields -> Fields.to(DialResult.class, fields));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private DialSpec dialSpec(Candidates.Found candidates) {
    return new DialSpec(
        gateway.application(),
        asked.route().name(),
        asked.route().maxStreams(),
        candidates.authorities(),
        candidates.heads(),
        candidates.tls(),
        asked.settings().connectTimeout().toMillis(),
        Math.max(1, left().toMillis()),
        MAX_HEAD,
        MAX_BODY);
  }

  private Duration left() {
    return asked.route().handshakeTimeout().minusNanos(System.nanoTime() - begun);
  }

  private void dialled(
      Attempt attempt, Candidates.Found candidates, DialResult result, Throwable fault) {
    if (fault != null) {
      Throwable cause = fault instanceof CompletionException ? fault.getCause() : fault;
      end(attempt, Refusal.unavailable("handshake: " + cause.getMessage()));
      return;
    }
    UpstreamResponse response =
        UpstreamResponse.judge(result, asked.request(), asked.token(), asked.route());
    if (response instanceof UpstreamResponse.Switch agreed) {
      attempt.succeeded();
      Upstream.Address address = candidates.list().get(result.address()).address();
      found.complete(new Found.Switched(attempt, address, result.connection(), agreed));
      return;
    }
    if (result.connection() != 0) {
      gateway.host().abandon(result.connection());
    }
    attempt.tried(result.address() + 1);
    if (HandshakeFailures.isServed(response)) {
      attempt.succeeded();
      attempt.close();
      answer(response);
    } else {
      failed(attempt, HandshakeFailures.of(asked, result, response), response);
    }
  }

  private void failed(Attempt attempt, Failure failure, UpstreamResponse response) {
    Verdict verdict = attempts.after(attempt, failure);
    attempt.close();
    last = Optional.of(response);
    if (!HandshakeFailures.isRepeatable(asked, failure) || left().toMillis() < 1) {
      answer(response);
    } else if (verdict instanceof Verdict.Retry retry) {
      Runnable unused = gateway.after(retry.delay(), this::nextByWorker);
    } else if (verdict instanceof Verdict.Switch) {
      next();
    } else {
      answer(response);
    }
  }

  private void nextByWorker() {
    Workers.executeOrRun(gateway.answering(), this::next);
  }

  /** The gateway's fault, or the client's; the upstream has nothing to do with it. */
  private void end(Attempt attempt, Refusal refusal) {
    attempt.failed(Failure.of(Failure.Kind.LOCAL));
    attempt.close();
    answer(refusal);
  }

  private void answer(UpstreamResponse response) {
    found.complete(new Found.Answered(response));
  }
}
