package dev.culvert.host.connector;

import dev.culvert.host.wire.Wire;

/** A client's connection that the server has let go of. */
public interface ClientConnection {

  /** The way to the client, always the same; closing it closes the connection. */
  Wire wire();

  /** Calls back, on any thread, when the server closes the connection by itself. */
  void onClosed(Runnable listener);

  /**
   * Calls back, once and on any thread, when the client is gone but what it sent before is still to
   * be read. Never for a connection whose wire tells that itself.
   */
  default void onLost(Runnable listener) {}
}
