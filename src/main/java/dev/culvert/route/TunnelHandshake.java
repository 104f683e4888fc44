package dev.culvert.route;

import dev.culvert.boundary.StreamSpec;
import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.config.StreamLimits;
import dev.culvert.handshake.Outcome;
import dev.culvert.handshake.Refusal;
import dev.culvert.handshake.RequestFeatures;
import dev.culvert.handshake.UpstreamResponse;
import dev.culvert.provider.Attempts;
import dev.culvert.route.UpstreamSearch.Found;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One handshake between the request of a client and its answer. {@link #start} runs on the
 * container's thread and returns; the rest runs when an upstream was found or none can be, where
 * the {@link Suspension} says.
 */
final class TunnelHandshake {

  private static final int CLIENT_GONE = 499;

  private final Gateway gateway;
  private final HandshakeRequest asked;
  private final Opening opening;
  private final HttpServletRequest http;
  private final HttpServletResponse response;
  private final Caller caller;
  private final Answers answers;
  private final Attempts attempts;

  TunnelHandshake(
      Gateway gateway,
      HandshakeRequest asked,
      Opening opening,
      HttpServletRequest http,
      HttpServletResponse response) {
    this.gateway = gateway;
    this.asked = asked;
    this.opening = opening;
    this.http = http;
    this.response = response;
    this.caller = Caller.of(http);
    this.answers = new Answers(gateway.host());
    RequestFeatures features =
        new RequestFeatures(asked.request().headers(), asked.client().addressText(), caller.user());
    this.attempts =
        gateway
            .providers()
            .attempts(asked.route(), Asks.of(asked.route(), features, http::isUserInRole));
  }

  /**
   * Begins.
   *
   * @throws IOException when the client is gone
   * @throws ServletException when the server cannot suspend the exchange
   */
  void start() throws IOException, ServletException {
    UpstreamSearch search = new UpstreamSearch(gateway, asked, attempts, System::nanoTime);
    Suspension exchange =
        Suspension.of(
            gateway, opening, http, response, search::abandon, Suspension.patience(asked.route()));
    CompletableFuture<?> unused =
        search
            .start()
            .thenAccept(
                found ->
                    exchange.resume(
                        found,
                        () -> conclude(exchange.request(), found),
                        refusal -> lost(found, refusal)));
  }

  /** The server does not go on with the exchange: what was found for it is given back. */
  private void lost(Found found, Refusal refusal) {
    attempts.close();
    if (found instanceof Found.Switched late) {
      gateway.host().abandon(late.connection());
      late.attempt().close();
    }
    ended(refusal.outcome(), refusal.status(), refusal.detail());
  }

  private void conclude(HttpServletRequest request, Found found) {
    try {
      attempts.close();
      if (found instanceof Found.Switched switched) {
        open(request, switched);
      } else if (found instanceof Found.Answered answered) {
        answer(answered.response());
      } else {
        ended(Outcome.CLIENT_GONE, CLIENT_GONE, "client: left before it was answered");
      }
    } catch (IOException e) {
      ended(Outcome.CLIENT_GONE, CLIENT_GONE, "client: " + e.getMessage());
    } catch (RuntimeException | Error e) { // an Error, too, must not end in a 101 without a stream
      refuseInstead(Refusal.error("fault: " + e));
    }
  }

  private void open(HttpServletRequest request, Found.Switched switched) throws IOException {
    boolean taken = false;
    try {
      boolean expires = asked.route().limits().expires();
      Optional<Caller> present = expires ? caller.after(http) : Optional.of(caller);
      if (present.isEmpty()) {
        refuse(Refusal.forbidden("session: ended (expected: one that outlives the handshake)"));
        return;
      }
      taken = opens(request, switched, streamSpec(switched, present.get()));
    } finally {
      if (!taken) {
        gateway.host().abandon(switched.connection());
        switched.attempt().close();
      }
    }
    if (taken) {
      ended(Outcome.OPENED, 101, "");
    }
  }

  /** Whether there is a stream, which has the attempt now. */
  private boolean opens(HttpServletRequest request, Found.Switched switched, StreamSpec stream)
      throws IOException {
    try {
      opening.open(
          request, response, switched.agreed(), switched.connection(), stream, switched.attempt());
    } catch (IllegalStateException e) {
      if (response.isCommitted()) {
        ended(Outcome.CLIENT_GONE, CLIENT_GONE, e.getMessage());
      } else {
        refuseInstead(Refusal.unavailable("handshake: " + e.getMessage()));
      }
      return false;
    }
    return true;
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
      ended(Outcome.CLIENT_GONE, CLIENT_GONE, refusal.detail() + "; not answered: " + e);
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
    HandshakeLog.ended(
        gateway, asked.route(), asked.client().addressText(), outcome, status, detail);
  }

  private StreamSpec streamSpec(Found.Switched switched, Caller present) {
    Route route = asked.route();
    Settings settings = asked.settings();
    StreamLimits limits = route.limits();
    return new StreamSpec(
        gateway.application(),
        route.name(),
        switched.attempt().upstream().name(),
        switched.address().authority().intern(), // thousands of streams share it
        asked.accepted().webSocket(),
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
        asked.client().addressText(),
        limits.expires() ? present.session() : "",
        settings.streamLog().logger(),
        settings.streamLog().level().name(),
        settings.streamLog().handshake(),
        false,
        switched.attempt().lease().token(),
        switched.attempt().lease().session());
  }
}
