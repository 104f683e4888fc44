package dev.culvert.http;

import dev.culvert.config.HedgeRules;
import dev.culvert.handshake.RetryAfter;
import dev.culvert.provider.Attempt;
import dev.culvert.provider.Attempts;
import dev.culvert.provider.Choice;
import dev.culvert.provider.Credential;
import dev.culvert.provider.Failure;
import dev.culvert.provider.Hedge;
import dev.culvert.provider.ProviderEvents;
import dev.culvert.provider.Verdict;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A client's request, from the first provider that is asked to the answer that the client gets. It
 * is sent again only where that cannot do harm: nothing has reached an upstream that it could act
 * on, or the method may be repeated, or the answer says that nothing was done; and the body, where
 * there is one, is short. Safe for use by any thread.
 */
public final class ProxiedExchange {

  private static final Logger LOG = System.getLogger("dev.culvert.http");

  /**
   * The request.
   *
   * @param method of the client
   * @param content the body; empty when there is none
   * @param hedge how it is tried elsewhere while there is no answer; never for HEAD, which gets
   *     nothing that streams
   */
  public record Request(String method, Optional<RequestContent> content, HedgeRules hedge) {

    /** Hedges what can be. */
    public Request {
      hedge = method.equals("HEAD") ? HedgeRules.NONE : hedge;
    }
  }

  private final Transport transport;
  private final Attempts attempts;
  private final Plan plan;
  private final Request request;
  private final Client client;
  private final Hedge<Try> hedge;

  // Guarded by this.

  private final TryFailures failures = new TryFailures();
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
    try {
      CompletionStage<Void> unused =
          attempts
              .next()
              .thenAccept(this::chosen)
              .whenComplete(
                  (done, fault) -> {
                    if (fault != null) {
                      refuse(OwnAnswer.of(fault));
                    }
                  });
    } catch (Throwable e) { // an Error, too, must not leave the client without an answer
      refuse(OwnAnswer.of(e));
    }
  }

  private void chosen(Choice choice) {
    if (choice instanceof Attempt attempt) {
      begin(new Try(this, attempt));
    } else {
      giveUp(OwnAnswer.of((Choice.None) choice));
    }
  }

  private void begin(Try next) {
    try {
      Optional<Try> dropped;
      synchronized (this) {
        dropped = failures.takeAnswer();
      }
      dropped.ifPresent(Try::cancel);
      hedge.launch(next);
    } catch (Throwable e) { // an Error, too, must not keep for good what the attempt holds
      next.cancel();
      throw e;
    }
  }

  /** The client is told what has failed, or that there is nobody. */
  private void giveUp(OwnAnswer nobody) {
    Optional<Try> answer;
    OwnAnswer own;
    synchronized (this) {
      answer = failures.takeAnswer();
      own = failures.own().orElse(nobody);
    }
    if (answer.isPresent()) {
      hedge.abort();
      deliver(answer.get());
    } else {
      refuse(own);
    }
  }

  private void refuse(OwnAnswer answer) {
    if (end()) {
      client.refused(answer.status(), answer.headers(), answer.detail());
    }
  }

  /** Ends the exchange without another word to the client. Idempotent. */
  public void abort() {
    boolean unused = end();
  }

  /** Lets all go that is held; returns whether this has ended the exchange. */
  private boolean end() {
    boolean first;
    Optional<Try> running;
    Optional<Try> waiting;
    synchronized (this) {
      first = !over;
      over = true;
      running = winner;
      waiting = failures.takeAnswer();
      winner = Optional.empty();
    }
    hedge.abort();
    running.ifPresent(Try::cancel);
    waiting.ifPresent(Try::cancel);
    attempts.close();
    return first;
  }

  /** Whether only an event with data makes an answer the one: not where nobody else is asked. */
  boolean awaitsContent(Answer.Head head) {
    return request.hedge().enabled()
        && head.hasBody()
        && head.status() < 300
        && head.headers().values("Content-Type").stream()
            .anyMatch(type -> type.toLowerCase(Locale.ROOT).startsWith("text/event-stream"));
  }

  /** An upstream has answered, and there is content. */
  void answered(Try answer, Answer.Head head) {
    if (!answer.isToBeJudged()) {
      return;
    }
    // Who are you, not you, too many: nothing was done. A 503 does not say so: a proxy answers it
    // too when whom it had asked has gone in the middle.
    boolean harmless = Credential.isReasonOf(head.status());
    failure(answer, head)
        .ifPresentOrElse(failure -> hold(answer, failure, harmless), () -> decide(answer));
  }

  /** An upstream's stream of events is over, and there was none. */
  void answeredNothing(Try answer) {
    if (answer.isToBeJudged()) {
      hold(answer, Failure.of(Failure.Kind.SERVER_ERROR), false);
    }
  }

  /** The client gets it when no attempt, under way or yet to come, has a better one. */
  private void hold(Try answer, Failure failure, boolean harmless) {
    Verdict judged = judge(answer, failure, harmless);
    answer.attempt().close(); // its place may be the one that the next attempt needs
    Optional<Try> unwanted;
    synchronized (this) {
      unwanted = over ? Optional.of(answer) : failures.answered(answer, judged);
    }
    unwanted.ifPresent(Try::cancel);
    hedge.failed(answer);
  }

  private Optional<Failure> failure(Try answer, Answer.Head head) {
    if (head.status() < 400) {
      return Optional.empty();
    }
    Optional<Duration> after = RetryAfter.of(head.headers(), Instant.now());
    Failure failure = answer.credential().failureOfFreeRequest(head.status(), after);
    if (!answer.account().isEmpty() && Credential.isReasonInAnyCaseOf(head.status())) {
      plan.refused(answer.account(), head.status(), after);
    }
    return Optional.of(failure);
  }

  /** What follows from a failure. */
  private Verdict judge(Try failed, Failure failure, boolean harmless) {
    if (!isRepeatable(harmless)) {
      failed.attempt().failed(failure);
      return new Verdict.Return();
    }
    return attempts.after(failed.attempt(), failure);
  }

  /**
   * Whether the request may be sent again, and can be.
   *
   * @param harmless whether the upstream has done nothing
   */
  private boolean isRepeatable(boolean harmless) {
    return (harmless || attempts.mayRepeat(request.method()))
        && request.content().map(RequestContent::isReplayable).orElse(true);
  }

  private void decide(Try answer) {
    if (hedge.content(answer)) {
      deliver(answer);
    } else {
      answer.cancel();
    }
  }

  /** The client gets it. */
  private void deliver(Try answer) {
    boolean wanted;
    Optional<Try> dropped;
    synchronized (this) {
      wanted = !over;
      dropped = failures.takeAnswer();
      if (wanted) {
        winner = Optional.of(answer);
      }
    }
    dropped.ifPresent(Try::cancel);
    if (wanted) {
      answer.attempt().answered(); // without effect on one that has failed
      plan.answers(answer.attempt().upstream());
      answer.deliver(client);
    } else {
      answer.cancel();
    }
  }

  /** An attempt has ended without an answer, or within one that waits or is being passed on. */
  void lost(Try attempt, Fault broken) {
    boolean harmless = !broken.sent();
    if (broken.kind() == Fault.Kind.STALE && isRepeatable(harmless) && isSentAgain(attempt)) {
      return; // it says nothing about the upstream, and costs no attempt
    }
    if (!attempt.isToBeJudged()) {
      return; // the client is told that it breaks off, if it gets it
    }
    Verdict judged = judge(attempt, failure(broken), harmless);
    boolean everywhere = broken.kind() == Fault.Kind.REQUEST;
    attempt.attempt().close();
    fail(attempt, OwnAnswer.of(broken), everywhere ? new Verdict.Return() : judged);
  }

  private static boolean isSentAgain(Try attempt) {
    try {
      attempt.sendAgain();
      return true;
    } catch (Throwable e) { // an Error, too, must not leave the client without an answer
      LOG.log(Level.DEBUG, "not sent again", e);
      return false;
    }
  }

  private void fail(Try attempt, OwnAnswer instead, Verdict judged) {
    synchronized (this) {
      failures.unanswered(instead, judged);
    }
    hedge.failed(attempt);
  }

  /** What a fault says about the upstream. */
  static Failure failure(Fault broken) {
    return Failure.of(
        switch (broken.kind()) {
          case CONNECT -> Failure.Kind.CONNECT;
          case REQUEST, OVERLOAD, CANCELLED -> Failure.Kind.LOCAL;
          case CLIENT_TIMEOUT -> Failure.Kind.CLIENT_GONE;
          case RESET, STALE, TIMEOUT, PROTOCOL -> Failure.Kind.RESET;
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
        boolean everywhere = refused.refusal().status() == 400;
        fail(
            runner,
            OwnAnswer.of(refused.refusal()),
            everywhere ? new Verdict.Return() : new Verdict.Unavailable());
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
        todo = failures.takeVerdict();
      }
      if (todo instanceof Verdict.Retry retry && !retry.delay().isZero()) {
        Runnable unused = transport.timer().after(retry.delay(), ProxiedExchange.this::next);
      } else if (todo instanceof Verdict.Retry || todo instanceof Verdict.Switch) {
        next();
      } else {
        giveUp(OwnAnswer.of(new Choice.None("upstreams: all failed", Optional.empty())));
      }
    }
  }
}
