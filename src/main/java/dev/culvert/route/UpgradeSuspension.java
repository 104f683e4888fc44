package dev.culvert.route;

import dev.culvert.endpoint.GrizzlySocket;
import dev.culvert.endpoint.ServerResponse;
import dev.culvert.endpoint.UpgradedRequest;
import dev.culvert.handshake.Refusal;
import dev.culvert.route.UpstreamSearch.Found;
import dev.culvert.thread.ServerLoader;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * On servers with Grizzly: they upgrade no exchange that is asynchronous, but an upgrade commits
 * nothing there. So the connection is upgraded at once, which takes it from the server's thread,
 * and the response decides later what the client gets: a 101, or any other answer and the end of
 * the connection. A client that leaves meanwhile is not noticed, as nobody reads.
 */
final class UpgradeSuspension implements Suspension {

  private static final Logger LOG = System.getLogger("dev.culvert.handshake");

  private final Gateway gateway;
  private final HttpServletResponse response;
  private final Duration patience;
  private final EarlyUpgradeHandler handler;
  private final UpgradedRequest upgraded;
  private final LateUpgrade request;

  UpgradeSuspension(
      Gateway gateway, HttpServletRequest http, HttpServletResponse response, Duration patience)
      throws IOException, ServletException {
    this.gateway = gateway;
    this.response = response;
    this.patience = patience;
    this.request = new LateUpgrade(http);
    this.handler = http.upgrade(EarlyUpgradeHandler.class);
    this.upgraded = UpgradedRequest.of(http).orElseThrow();
  }

  @Override
  public HttpServletRequest request() {
    return request;
  }

  @Override
  public void resume(Found found, Runnable conclusion, Consumer<Refusal> lost) {
    if (!(found instanceof Found.Switched)) { // nothing is held that would have to be given back
      whenConnected(gateway.answers(), () -> goOn(conclusion));
      return;
    }
    Resumption resumption =
        new Resumption(
            () -> goOn(conclusion), refusal -> giveUp(refusal, lost), gateway::after, patience);
    whenConnected(gateway.openings(), resumption::run);
  }

  private void whenConnected(BoundedExecutor threads, Runnable task) {
    CompletableFuture<?> unused =
        handler.connection().thenRun(() -> threads.execute(task, this::cutOff));
  }

  private void cutOff() {
    upgraded.socket().ifPresent(GrizzlySocket::terminate);
  }

  private void goOn(Runnable conclusion) {
    ServerThread.awaitReturn(upgraded::hasReturned);
    try {
      conclusion.run();
    } finally {
      if (!begins()) {
        close(handler.connection().join());
      }
    }
  }

  private void giveUp(Refusal refusal, Consumer<Refusal> lost) {
    lost.accept(refusal);
    response.setStatus(refusal.status());
    whenConnected(
        gateway.answers(),
        () -> {
          ServerThread.awaitReturn(upgraded::hasReturned);
          close(handler.connection().join());
        });
  }

  /** Whether the connection has gone to the handler that was asked for. */
  private boolean begins() {
    int status = ServerResponse.of(response).getStatus(); // a filter may remember another one
    if (status != HttpServletResponse.SC_SWITCHING_PROTOCOLS || request.handler().isEmpty()) {
      return false;
    }
    try {
      ServerLoader.run(() -> handler.handOver(request.handler().get()));
      return true;
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "CULVERT-R004 an upgraded connection is closed", e);
      return false;
    }
  }

  private void close(WebConnection connection) {
    ConnectionEnd.closeQuietly(connection);
    upgraded.forget();
  }
}
