package dev.culvert.route;

import dev.culvert.boundary.DialResult;
import dev.culvert.boundary.DialSpec;
import dev.culvert.boundary.Fields;
import dev.culvert.boundary.StreamSpec;
import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.config.StreamLimits;
import dev.culvert.handshake.ClientHandshake;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.ForwardedClient;
import dev.culvert.handshake.Outcome;
import dev.culvert.handshake.Refusal;
import dev.culvert.handshake.UpstreamResponse;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * One handshake between the request of a client and its answer. {@link #start} runs on the
 * container's thread and returns; the rest runs on a worker when the host has dialled, unless the
 * {@link Opening} needs the container's thread: then all of it runs there.
 */
final class TunnelHandshake {

  /** Longest response head and body of an upstream that refuses. */
  private static final int MAX_HEAD = 64 * 1024;

  private static final int MAX_BODY = 64 * 1024;

  private final Gateway gateway;
  private final Settings settings;
  private final Route route;
  private final ClientRequest request;
  private final ForwardedClient client;
  private final ClientHandshake.Accepted accepted;
  private final Candidates.Found candidates;
  private final Opening opening;
  private final HttpServletRequest http;
  private final HttpServletResponse response;
  private final Caller caller;
  private final Answers answers;

  TunnelHandshake(
      Gateway gateway,
      Settings settings,
      Route route,
      ClientRequest request,
      ForwardedClient client,
      ClientHandshake.Accepted accepted,
      Candidates.Found candidates,
      Opening opening,
      HttpServletRequest http,
      HttpServletResponse response) {
    this.gateway = gateway;
    this.settings = settings;
    this.route = route;
    this.request = request;
    this.client = client;
    this.accepted = accepted;
    this.candidates = candidates;
    this.opening = opening;
    this.http = http;
    this.response = response;
    this.caller = Caller.of(http);
    this.answers = new Answers(gateway.host());
  }

  void start() {
    if (opening.needsServerThread()) {
      awaitDial();
      return;
    }
    AsyncContext async = http.startAsync(http, response);
    async.setTimeout(0); // the host bounds the handshake
    CompletableFuture<?> unused =
        dial()
            .whenComplete((result, fault) -> onWorker(result, () -> dialled(async, result, fault)));
  }

  /** The host bounds the wait: by the time of the handshake, and by the end of the deployment. */
  private void awaitDial() {
    try {
      conclude(dial().get(), null);
    } catch (ExecutionException e) {
      conclude(null, e.getCause());
    } catch (CancellationException e) {
      conclude(null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      conclude(null, e);
    }
  }

  /** An exchange that is asynchronous ends in {@link #dialled} only, so nothing may be thrown. */
  private CompletableFuture<DialResult> dial() {
    try {
      return gateway
          .host()
          .dial(gateway.deployment(), Fields.of(dialSpec()))
          .thenApply(fields -> Fields.to(DialResult.class, fields));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Without a worker, after their end or in want of threads, the exchange must end all the same.
   */
  private void onWorker(DialResult result, Runnable task) {
    boolean opens = result != null && result.connection() != 0;
    Executor workers = opens ? gateway.workers() : gateway.answering();
    try {
      workers.execute(
          () -> {
            try {
              ServerThread.awaitReturn(http);
            } finally {
              task.run();
            }
          });
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      task.run();
    }
  }

  private void dialled(AsyncContext async, DialResult result, Throwable fault) {
    try {
      conclude(result, fault);
    } finally {
      async.complete();
    }
  }

  private void conclude(DialResult result, Throwable fault) {
    try {
      if (fault == null) {
        judge(result);
      } else {
        Throwable cause = fault instanceof CompletionException ? fault.getCause() : fault;
        refuse(Refusal.unavailable("handshake: " + cause.getMessage()));
      }
    } catch (IOException e) {
      ended(Outcome.CLIENT_GONE, 499, "client: " + e.getMessage());
    } catch (RuntimeException e) {
      refuseInstead(Refusal.error("fault: " + e));
    }
  }

  private void judge(DialResult result) throws IOException {
    UpstreamResponse verdict = UpstreamResponse.judge(result, request, accepted.token(), route);
    Optional<Caller> present = route.limits().expires() ? caller.after(http) : Optional.of(caller);
    if (verdict instanceof UpstreamResponse.Switch agreed && present.isPresent()) {
      open(result, agreed, present.get());
      return;
    }
    if (result.connection() != 0) {
      gateway.host().abandon(result.connection());
    }
    if (present.isEmpty()) {
      refuse(Refusal.forbidden("session: ended (expected: one that outlives the handshake)"));
    } else {
      answer(verdict);
    }
  }

  private void open(DialResult result, UpstreamResponse.Switch agreed, Caller present)
      throws IOException {
    StreamSpec stream = streamSpec(candidates.list().get(result.address()), present);
    try {
      opening.open(http, response, agreed, result.connection(), stream);
    } catch (IllegalStateException e) {
      if (response.isCommitted()) {
        ended(Outcome.CLIENT_GONE, 499, e.getMessage());
      } else {
        refuseInstead(Refusal.unavailable("handshake: " + e.getMessage()));
      }
      return;
    }
    ended(Outcome.OPENED, 101, "");
  }

  /** Takes back a head that has been begun, so that nobody gets a 101 without a stream. */
  private void refuseInstead(Refusal refusal) {
    try {
      if (response.isCommitted()) {
        ended(refusal.outcome(), refusal.status(), refusal.detail());
      } else {
        response.reset();
        refuse(refusal);
      }
    } catch (IOException | RuntimeException e) {
      ended(Outcome.CLIENT_GONE, 499, refusal.detail() + "; not answered: " + e);
    }
  }

  private void answer(UpstreamResponse verdict) throws IOException {
    if (verdict instanceof UpstreamResponse.Relay relay) {
      answers.relay(http, response, relay);
      ended(Outcome.RELAYED, relay.status(), "upstream answered " + relay.status());
    } else if (verdict instanceof Refusal refusal) {
      refuse(refusal);
    }
  }

  private void refuse(Refusal refusal) throws IOException {
    answers.refuse(http, response, refusal);
    ended(refusal.outcome(), refusal.status(), refusal.detail());
  }

  private void ended(Outcome outcome, int status, String detail) {
    HandshakeLog.ended(gateway, route, client.addressText(), outcome, status, detail);
  }

  private DialSpec dialSpec() {
    return new DialSpec(
        gateway.application(),
        route.name(),
        route.maxStreams(),
        candidates.authorities(),
        candidates.heads(),
        candidates.tls(),
        settings.connectTimeout().toMillis(),
        route.handshakeTimeout().toMillis(),
        MAX_HEAD,
        MAX_BODY);
  }

  private StreamSpec streamSpec(Candidates.Candidate chosen, Caller present) {
    StreamLimits limits = route.limits();
    return new StreamSpec(
        gateway.application(),
        route.name(),
        chosen.upstream().name(),
        chosen.address().authority().intern(), // thousands of streams share it
        accepted.webSocket(),
        route.onRedeploy() == Route.OnRedeploy.DETACHED,
        route.closeDelay().toMillis(),
        route.closeJitter().toMillis(),
        route.closeGrace().toMillis(),
        limits.timeout().toMillis(),
        limits.idleTimeout().toMillis(),
        limits.pingInterval().toMillis(),
        limits.expires() ? present.expiresAt() : 0,
        limits.maxFrame(),
        limits.maxMessage(),
        present.user(),
        client.addressText(),
        limits.expires() ? present.session() : "",
        settings.streamLog().logger(),
        settings.streamLog().level().name(),
        settings.streamLog().handshake(),
        false,
        "",
        "");
  }
}
