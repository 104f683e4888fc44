package dev.culvert.host.undertow;

import dev.culvert.host.connector.ClientConnection;
import dev.culvert.host.wire.Wire;
import java.util.concurrent.CompletableFuture;

/** A connection that Undertow has let go of; it is closed through Undertow, which counts it. */
final class UndertowConnection implements ClientConnection {

  private final Wire wire;
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  /** Makes one whose wire closes the connection through Undertow. */
  UndertowConnection(Wire wire) {
    this.wire = wire;
  }

  @Override
  public Wire wire() {
    return wire;
  }

  @Override
  public void onClosed(Runnable listener) {
    CompletableFuture<Void> unused = end.thenRun(listener);
  }

  /** Notes that the connection is closed. Any thread. */
  void closed() {
    end.complete(null);
  }
}
