package dev.culvert.host.connector;

import dev.culvert.host.wire.Wire;

/** A client's connection that the server has let go of. */
public interface ClientConnection {

  /** The way to the client, always the same; closing it closes the connection. */
  Wire wire();

  /** Calls back, on any thread, when the server closes the connection by itself. */
  void onClosed(Runnable listener);
}
