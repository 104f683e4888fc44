package dev.culvert.host.connector;

import dev.culvert.host.relay.Connection;

/** A client's connection that the server has let go of. */
public interface ClientConnection extends Connection {

  /** Calls back, on any thread, when the server closes the connection by itself. */
  void onClosed(Runnable listener);
}
