package dev.culvert.http;

import dev.culvert.config.HedgeRules;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.Refusal;
import dev.culvert.handshake.RetryAfter;
import dev.culvert.provider.Attempt;
import dev.culvert.provider.Attempts;
import dev.culvert.provider.Choice;
import dev.culvert.provider.Credential;
import dev.culvert.provider.Failure;
import dev.culvert.provider.Hedge;
import dev.culvert.provider.ProviderEvents;
import dev.culvert.provider.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A client's request, from the first provider that is asked to the answer that the client gets. It
 * is sent again only where that cannot do harm: nothing has reached an upstream that it could act
 * on, or the method may be repeated, or the answer says that nothing was done; and the body, where
 * there is one, is short. Safe for use by any thread.
 */
public final class ProxiedExchange {

  /** Methods that may be repeated (RFC 9110 section 9.2.2). */
  private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE");

  /** Statuses of an upstream that has not begun: who are you, not now, too many. */
  private static final Set<Integer> NOTHING_DONE = Set.of(401, 403, 429, 503);

  /**
   * The request.
   *
   * @param method of the client
   * @param content the body; empty when there is none
   * @param hedge how it is tried elsewhere while there is no answer
   */
  public record Request(String method, Optional<RequestContent> content, HedgeRules hedge) {}

  private final Transport transport;
  private final Attempts attempts;
  private final Plan plan;
  private final Request request;
  private final Client client;
  private final Hedge<Try> hedge;

  // Guarded by this.

  /** An answer with a failure, for the client unless another provider has a better one. */
  private Optional<Try> held = Optional.empty();

  /** The fault of the last attempt without answer. */
  private Optional<Fault> fault = Optional.empty();

  private Optional<Verdict> verdict = Optional.empty();
  private Optional<Try> winner = Optional.empty();
  private boolean over;

  /**
   * Prepares an exchange.
   *
   * @param attempts of this request; closed at its end
   */
  public ProxiedExchange(
      Transport transport,
      Attempts attempts,
      Plan plan,
      Request request,
      Client client,
      ProviderEvents events) {
    this.transport = transport;
    this.attempts = attempts;
    this.plan = plan;
    this.request = request;
    this.client = client;
    this.hedge = new Hedge<>(request.hedge(), transport.timer(), new Launcher(), events);
  }

  /** Begins; returns without waiting. */
  public void start() {
    next();
  }

  private void next() {
    CompletionStage<Void> unused = attempts.next().thenAccept(this::chosen);
  }

  private void chosen(Choice choice) {
    if (choice instanceof Attempt attempt) {
      Optional<Try> dropped;
      synchronized (this) {
        dropped = held;
        held = Optional.empty();
      }
      dropped.ifPresent(Try::cancel);
      hedge.launch(new Try(this, attempt));
    } else {
      giveUp((Choice.None) choice);
    }
  }

  /** The client is told the last failure, or that there is nobody. */
  private void giveUp(Choice.None none) {
    Optional<Try> answer;
    Optional<Fault> last;
    synchronized (this) {
      answer = held;
      last = fault;
    }
    if (answer.isPresent()) {
      decide(answer.get());
    } else if (last.isPresent()) {
      refuse(last.get());
    } else {
      refuse(Refusal.unavailable(none.reason(), none.retryAfter()));
    }
  }

  private void refuse(Fault last) {
    int status =
        switch (last.kind()) {
          case REQUEST -> 400;
          case TIMEOUT -> 504;
          case CLIENT_TIMEOUT -> 408;
          case OVERLOAD -> 503;
          case CONNECT, RESET, PROTOCOL, CANCELLED -> 502;
        };
    Headers headers =
        switch (status) {
          // What is left of a body would be taken for the next request.
          case 408 -> Headers.of("Connection", "close");
          case 503 -> Refusal.unavailable(last.detail()).headers();
          default -> Headers.NONE;
        };
    refuse(status, headers, last.detail());
  }

  private void refuse(Refusal refusal) {
    refuse(refusal.status(), refusal.headers(), refusal.detail());
  }

  private void refuse(int status, Headers headers, String detail) {
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
    }
    hedge.abort();
    attempts.close();
    client.refused(status, headers, detail);
  }

  /** Ends the exchange without another word to the client. Idempotent. */
  public void abort() {
    Optional<Try> running;
    Optional<Try> waiting;
    synchronized (this) {
      over = true;
      running = winner;
      waiting = held;
      winner = Optional.empty();
      held = Optional.empty();
    }
    hedge.abort();
    running.ifPresent(Try::cancel);
    waiting.ifPresent(Try::cancel);
    attempts.close();
  }

  /** Whether only an event with data makes an answer the one: not where nobody else is asked. */
  boolean awaitsContent(Answer.Head head) {
    return request.hedge().enabled()
        && head.status() < 300
        && head.headers().values("Content-Type").stream()
            .anyMatch(type -> type.toLowerCase(Locale.ROOT).startsWith("text/event-stream"));
  }

  /** An upstream has answered, and there is content. */
  void answered(Try answer, Answer.Head head) {
    boolean harmless = NOTHING_DONE.contains(head.status());
    failure(answer, head)
        .ifPresentOrElse(failure -> answeredBadly(answer, failure, harmless), () -> decide(answer));
  }

  /** An upstream's stream of events is over, and there was none. */
  void answeredNothing(Try answer) {
    answeredBadly(answer, Failure.of(Failure.Kind.SERVER_ERROR), false);
  }

  /** The client gets it unless another provider has a better one. */
  private void answeredBadly(Try answer, Failure failure, boolean harmless) {
    if (!isBetterElsewhere(answer, failure, harmless)) {
      decide(answer);
      return;
    }
    Optional<Try> earlier;
    synchronized (this) {
      earlier = held;
      held = Optional.of(answer);
      fault = Optional.empty();
    }
    earlier.ifPresent(Try::cancel);
    hedge.failed(answer);
  }

  private Optional<Failure> failure(Try answer, Answer.Head head) {
    if (head.status() < 400) {
      return Optional.empty();
    }
    Optional<Duration> after = RetryAfter.of(head.headers(), Instant.now());
    Failure failure = answer.credential().failure(head.status(), after);
    if (!answer.account().isEmpty() && Credential.isReasonOf(head.status())) {
      plan.refused(answer.account(), head.status(), after);
    }
    return Optional.of(failure);
  }

  /** Has the attempts judge a failure, and remembers what is to be done. */
  private boolean isBetterElsewhere(Try failed, Failure failure, boolean harmless) {
    boolean repeatable =
        (harmless || IDEMPOTENT.contains(request.method()))
            && request.content().map(RequestContent::isReplayable).orElse(true);
    if (!repeatable) {
      failed.attempt().failed(failure);
      return false;
    }
    Verdict judged = attempts.after(failed.attempt(), failure);
    if (judged instanceof Verdict.Return) {
      return false;
    }
    synchronized (this) {
      verdict = Optional.of(judged);
    }
    return true;
  }

  private void decide(Try answer) {
    synchronized (this) {
      if (over || winner.isPresent()) {
        return;
      }
    }
    boolean isHeld;
    synchronized (this) {
      isHeld = held.equals(Optional.of(answer));
    }
    if (!isHeld && !hedge.content(answer)) {
      return;
    }
    boolean wanted;
    Optional<Try> dropped;
    synchronized (this) {
      wanted = !over;
      dropped = held.filter(other -> other != answer);
      held = Optional.empty();
      if (wanted) {
        winner = Optional.of(answer);
      }
    }
    dropped.ifPresent(Try::cancel);
    if (wanted) {
      answer.attempt().succeeded(); // without effect on one that has failed
      if (isHeld) {
        hedge.abort();
      }
      answer.deliver(client);
    } else {
      answer.cancel();
    }
  }

  /** An attempt has ended without an answer. */
  void lost(Try attempt, Fault broken) {
    synchronized (this) {
      fault = Optional.of(broken);
      verdict = Optional.empty();
    }
    boolean unused = isBetterElsewhere(attempt, failure(broken), !broken.sent());
    attempt.attempt().close();
    hedge.failed(attempt);
  }

  /** What a fault says about the upstream. */
  static Failure failure(Fault broken) {
    return Failure.of(
        switch (broken.kind()) {
          case CONNECT -> Failure.Kind.CONNECT;
          case REQUEST, OVERLOAD, CANCELLED -> Failure.Kind.LOCAL;
          case CLIENT_TIMEOUT -> Failure.Kind.CLIENT_GONE;
          case RESET, TIMEOUT, PROTOCOL -> Failure.Kind.RESET;
        });
  }

  /** The answer that the client gets is over. */
  void over(Try answer) {
    synchronized (this) {
      over = true;
      winner = Optional.empty();
    }
    answer.attempt().close();
    attempts.close();
  }

  private final class Launcher implements Hedge.Launcher<Try> {

    @Override
    public CompletionStage<Optional<Try>> prepare() {
      boolean possible = request.content().map(RequestContent::isKept).orElse(true);
      if (!possible) {
        return CompletableFuture.completedFuture(Optional.empty());
      }
      return attempts
          .another()
          .thenApply(
              choice ->
                  choice instanceof Attempt attempt
                      ? Optional.of(new Try(ProxiedExchange.this, attempt))
                      : Optional.empty());
    }

    @Override
    public void send(Try runner) {
      try {
        begin(runner);
      } catch (Throwable e) { // an Error, too, must not leave the client without an answer
        lost(runner, new Fault(Fault.Kind.OVERLOAD, false, "fault: " + e));
      }
    }

    private void begin(Try runner) {
      Attempt attempt = runner.attempt();
      Plan.Result result = plan.plan(attempt.upstream(), attempt.addresses().get(0));
      if (result instanceof Plan.Refused refused) {
        attempt.close();
        refuse(refused.refusal());
        return;
      }
      Plan.Send send = (Plan.Send) result;
      runner.begin(
          new UpstreamCall(
              transport,
              send.destination(),
              send.request(),
              request.content(),
              send.limits(),
              runner),
          send.account(),
          send.credential());
    }

    @Override
    public void cancel(Try runner) {
      runner.cancel();
    }

    /** Nothing runs: what the last failure calls for is done. */
    @Override
    public void exhausted() {
      Verdict todo;
      synchronized (ProxiedExchange.this) {
        todo = verdict.orElseGet(Verdict.Return::new);
        verdict = Optional.empty();
      }
      if (todo instanceof Verdict.Retry retry && !retry.delay().isZero()) {
        Runnable unused = transport.timer().after(retry.delay(), ProxiedExchange.this::next);
      } else if (todo instanceof Verdict.Retry || todo instanceof Verdict.Switch) {
        next();
      } else {
        giveUp(new Choice.None("upstreams: all failed", Optional.empty()));
      }
    }
  }
}
