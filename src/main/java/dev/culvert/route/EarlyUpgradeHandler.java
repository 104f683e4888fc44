package dev.culvert.route;

import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.util.concurrent.CompletableFuture;

/**
 * Receives a connection whose upgrade is not decided yet, from the server, which creates the
 * handler. Any thread.
 */
public final class EarlyUpgradeHandler implements HttpUpgradeHandler {

  private final CompletableFuture<WebConnection> connection = new CompletableFuture<>();

  /** Who has the connection in the end; null before that, and when the client is refused. */
  private volatile HttpUpgradeHandler successor;

  /** Required by the server. */
  public EarlyUpgradeHandler() {}

  /** Some servers call it for each part of their request processing; they mean the same. */
  @Override
  public void init(WebConnection received) {
    connection.complete(received);
  }

  /** Completed when the server's thread is about to leave the request. */
  CompletableFuture<WebConnection> connection() {
    return connection;
  }

  /** Gives the connection to another handler, which is told of its end. */
  void handOver(HttpUpgradeHandler next) {
    successor = next;
    next.init(connection.join());
  }

  @Override
  public void destroy() {
    HttpUpgradeHandler present = successor;
    if (present != null) {
      present.destroy();
    }
  }
}
