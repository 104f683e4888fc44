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
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * One handshake between the request of a client and its answer. {@link #start} runs on the
 * container's thread and returns; the rest runs on a worker when the host has dialled.
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
      HttpServletRequest http,
      HttpServletResponse response) {
    this.gateway = gateway;
    this.settings = settings;
    this.route = route;
    this.request = request;
    this.client = client;
    this.accepted = accepted;
    this.candidates = candidates;
    this.http = http;
    this.response = response;
    this.caller = Caller.of(http);
    this.answers = new Answers(gateway.host());
  }

  void start() {
    AsyncContext async = http.startAsync(http, response);
    async.setTimeout(0); // the host bounds the handshake
    CompletableFuture<?> unused =
        gateway
            .host()
            .dial(gateway.deployment(), Fields.of(dialSpec()))
            .whenCompleteAsync((fields, fault) -> dialled(async, fields, fault), this::onWorker);
  }

  /** After the workers' end there is nobody to answer; the server ends the request. */
  private void onWorker(Runnable task) {
    try {
      gateway
          .workers()
          .execute(
              () -> {
                ServerThread.awaitReturn(http);
                task.run();
              });
    } catch (RejectedExecutionException e) {
      task.run();
    }
  }

  private void dialled(AsyncContext async, Map<String, Object> fields, Throwable fault) {
    try {
      if (fault != null) {
        refuse(Refusal.unavailable("handshake: " + fault.getMessage()));
        return;
      }
      DialResult result = Fields.to(DialResult.class, fields);
      UpstreamResponse verdict = UpstreamResponse.judge(result, request, accepted.token(), route);
      if (verdict instanceof UpstreamResponse.Switch agreed) {
        open(result, agreed);
        return;
      }
      if (result.connection() != 0) {
        gateway.host().abandon(result.connection());
      }
      answer(verdict);
    } catch (IOException e) {
      ended(Outcome.CLIENT_GONE, 499, "client: " + e.getMessage());
    } catch (RuntimeException e) {
      ended(Outcome.ERROR, 500, "fault: " + e);
    } finally {
      async.complete();
    }
  }

  private void open(DialResult result, UpstreamResponse.Switch agreed) {
    response.setStatus(HttpServletResponse.SC_SWITCHING_PROTOCOLS);
    Answers.set(response, agreed.headers());
    StreamSpec stream = streamSpec(candidates.list().get(result.address()));
    try {
      gateway
          .host()
          .open(gateway.deployment(), http, response, result.connection(), Fields.of(stream));
      ended(Outcome.OPENED, 101, "");
    } catch (IllegalStateException e) {
      ended(Outcome.CLIENT_GONE, 499, e.getMessage());
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
        settings.connectTimeout().toMillis(),
        route.handshakeTimeout().toMillis(),
        MAX_HEAD,
        MAX_BODY);
  }

  private StreamSpec streamSpec(Candidates.Candidate chosen) {
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
        limits.expires() ? caller.expiresAt() : 0,
        limits.maxFrame(),
        limits.maxMessage(),
        caller.user(),
        client.addressText(),
        limits.expires() ? caller.session() : "",
        settings.streamLog().logger(),
        settings.streamLog().level().name(),
        settings.streamLog().handshake());
  }
}
