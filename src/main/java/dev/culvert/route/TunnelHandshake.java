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
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * One handshake between the request of a client and its answer. {@link #start} runs on the
 * container's thread and returns; the rest runs on a worker when an upstream was found, unless the
 * {@link Opening} needs the container's thread: then all of it runs there.
 */
final class TunnelHandshake {

  private static final Logger LOG = System.getLogger("dev.culvert.handshake");
  private static final int CLIENT_GONE = 499;

  private final Gateway gateway;
  private final HandshakeRequest asked;
  private final Opening opening;
  private final HttpServletRequest http;
  private final HttpServletResponse response;
  private final Caller caller;
  private final Answers answers;
  private final Attempts attempts;

  /** Of the container, in {@link #start}. */
  private final Thread own = Thread.currentThread();

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

  void start() {
    UpstreamSearch search = new UpstreamSearch(gateway, asked, attempts, System::nanoTime);
    if (opening.needsServerThread()) {
      await(search.start());
      return;
    }
    AsyncContext async = http.startAsync(http, response);
    async.setTimeout(0); // the search has its own
    async.addListener(new ClientGone(search::abandon));
    CompletableFuture<?> unused =
        search.start().whenComplete((found, fault) -> beyondServerThread(async, found));
  }

  /** The search bounds the wait: by the time of the handshake, and by the end of the deployment. */
  private void await(CompletableFuture<Found> search) {
    try {
      conclude(search.get());
    } catch (ExecutionException e) {
      conclude(new Found.Answered(Refusal.error("fault: " + e.getCause())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      CompletableFuture<?> unused = search.thenAccept(this::drop);
      conclude(new Found.Answered(Refusal.unavailable("handshake: interrupted")));
    }
  }

  /** What was found too late. */
  private void drop(Found found) {
    if (found instanceof Found.Switched late) {
      gateway.host().abandon(late.connection());
      late.attempt().close();
    }
  }

  /**
   * The exchange is finished by another thread than the one that began it, and by none that others
   * wait for: clients may be slow to take an answer. Where the client has left, the thread that
   * says so finishes it; the server may give the request to another client afterwards.
   */
  private void beyondServerThread(AsyncContext async, Found found) {
    if (found instanceof Found.Left) {
      finish(async, found);
      return;
    }
    Runnable finish =
        () -> {
          ServerThread.awaitReturn(http);
          finish(async, found);
        };
    if (found instanceof Found.Switched && Thread.currentThread() != own) {
      finish.run();
    } else {
      Workers.executeOrRun(gateway.answering(), finish);
    }
  }

  private void finish(AsyncContext async, Found found) {
    try {
      conclude(found);
    } finally {
      complete(async);
    }
  }

  private static void complete(AsyncContext async) {
    try {
      async.complete();
    } catch (IllegalStateException e) {
      LOG.log(Level.DEBUG, "the server had ended the exchange: {0}", e.getMessage());
    }
  }

  private void conclude(Found found) {
    try {
      attempts.close();
      if (found instanceof Found.Switched switched) {
        open(switched);
      } else if (found instanceof Found.Answered answered) {
        answer(answered.response());
      } else {
        ended(Outcome.CLIENT_GONE, CLIENT_GONE, "client: left before it was answered");
      }
    } catch (IOException e) {
      ended(Outcome.CLIENT_GONE, CLIENT_GONE, "client: " + e.getMessage());
    } catch (RuntimeException e) {
      refuseInstead(Refusal.error("fault: " + e));
    }
  }

  private void open(Found.Switched switched) throws IOException {
    boolean taken = false;
    try {
      boolean expires = asked.route().limits().expires();
      Optional<Caller> present = expires ? caller.after(http) : Optional.of(caller);
      if (present.isEmpty()) {
        gateway.host().abandon(switched.connection());
        refuse(Refusal.forbidden("session: ended (expected: one that outlives the handshake)"));
        return;
      }
      taken = opens(switched, streamSpec(switched, present.get()));
    } finally {
      if (!taken) {
        switched.attempt().close();
      }
    }
  }

  /** Whether there is a stream, which has the attempt now. */
  private boolean opens(Found.Switched switched, StreamSpec stream) throws IOException {
    try {
      opening.open(
          http, response, switched.agreed(), switched.connection(), stream, switched.attempt());
    } catch (IllegalStateException e) {
      if (response.isCommitted()) {
        ended(Outcome.CLIENT_GONE, CLIENT_GONE, e.getMessage());
      } else {
        refuseInstead(Refusal.unavailable("handshake: " + e.getMessage()));
      }
      return false;
    }
    ended(Outcome.OPENED, 101, "");
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
