package dev.culvert.route;

import dev.culvert.handshake.Headers;
import dev.culvert.handshake.Outcome;
import dev.culvert.handshake.Refusal;
import dev.culvert.route.UpstreamSearch.Found;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Asynchronous processing on servers that upgrade a connection on their own threads only: when the
 * upstream has switched protocols, the request is dispatched to the filter once more. Other answers
 * are given on the gateway's threads, since clients may be slow to take them.
 */
final class DispatchSuspension implements Suspension {

  private static final String ATTRIBUTE = DispatchSuspension.class.getName();

  /** For requests with a path to which the server does not dispatch. */
  private static final String OTHER_PATH = "/culvert-upgrade";

  private static final int CLIENT_GONE = 499;

  private final Gateway gateway;
  private final HttpServletResponse response;
  private final Duration patience;
  private final AsyncSuspension exchange;

  /** What the dispatched request has to do; null before there is something. */
  private final AtomicReference<Resumption> due = new AtomicReference<>();

  private final AtomicBoolean ended = new AtomicBoolean();

  DispatchSuspension(
      Gateway gateway,
      HttpServletRequest http,
      HttpServletResponse response,
      Runnable gone,
      Duration patience) {
    this.gateway = gateway;
    this.response = response;
    this.patience = patience;
    http.setAttribute(ATTRIBUTE, this);
    this.exchange =
        new AsyncSuspension(
            gateway,
            http,
            response,
            () -> {
              gone.run();
              left("before the connection was upgraded");
            },
            () -> {}); // these servers finish no exchange under the hands of their own thread
  }

  /** The suspension of a dispatched request; empty when another part of the application made it. */
  static Optional<DispatchSuspension> of(ServletRequest dispatched) {
    return Optional.ofNullable((DispatchSuspension) dispatched.getAttribute(ATTRIBUTE));
  }

  @Override
  public HttpServletRequest request() {
    return exchange.request();
  }

  @Override
  public void resume(Found found, Runnable conclusion, Consumer<Refusal> lost) {
    if (!(found instanceof Found.Switched)) {
      exchange.resume(found, conclusion, lost);
      return;
    }
    Resumption resumption =
        new Resumption(conclusion, refusal -> giveUp(refusal, lost), gateway::after, patience);
    due.set(resumption);
    try {
      dispatch();
    } catch (RuntimeException e) {
      if (e.getCause() == null) {
        left(e.toString());
        exchange.complete();
      } else { // Undertow reads the context path as one that came in a request: in ASCII
        resumption.lose(Refusal.error("server: does not dispatch, " + e.getCause()));
      }
    }
  }

  /** To the client's own path, because WildFly's access log shows where it went last. */
  private void dispatch() {
    HttpServletRequest http = exchange.request();
    String path = Requests.rawPath(http);
    String query = http.getQueryString();
    try {
      exchange.dispatch(query == null ? path : path + "?" + query);
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      exchange.dispatch(OTHER_PATH);
    }
  }

  private void giveUp(Refusal refusal, Consumer<Refusal> lost) {
    lost.accept(refusal);
    if (refusal.outcome() != Outcome.CLIENT_GONE) { // else the response may be another client's
      try {
        end(refusal.status());
      } finally {
        exchange.complete();
      }
    }
  }

  private void left(String detail) {
    Resumption resumption = due.get();
    if (resumption != null) {
      resumption.lose(
          new Refusal(Outcome.CLIENT_GONE, CLIENT_GONE, Headers.NONE, "client: left, " + detail));
    }
  }

  /** The server's thread has come with the dispatched request. */
  void dispatched() {
    Resumption resumption = due.get();
    if (resumption == null || !resumption.run()) {
      end(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
    }
  }

  /** Once: the server's thread may come just as it is given up. */
  private void end(int status) {
    if (ended.compareAndSet(false, true)) {
      new Answers(gateway.host()).end(exchange.request(), response, status);
    }
  }
}
