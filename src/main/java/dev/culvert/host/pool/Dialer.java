package dev.culvert.host.pool;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Opens upstream sockets. Safe for use by any thread. */
public interface Dialer {

  /**
   * Begins to open a socket and returns at once.
   *
   * @param timeout after which the attempt has failed
   * @param events of the socket; called one at a time and from {@link Dialing#socket}'s completion
   *     on, or a moment before it
   */
  Dialing dial(Target target, Duration timeout, SocketEvents events);

  /** An attempt to open a socket. */
  interface Dialing {

    /**
     * The open socket; completes exceptionally with {@link UpgradeRefusedException} when the
     * upstream answered with another status than 101, and with an {@link java.io.IOException} in
     * any other case.
     */
    CompletableFuture<UpstreamSocket> socket();

    /** Gives up; a socket that has opened is closed. Idempotent. */
    void cancel();
  }
}
