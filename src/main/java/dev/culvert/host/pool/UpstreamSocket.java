package dev.culvert.host.pool;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** An open upstream WebSocket. Safe for use by any thread; nothing here waits for the network. */
public interface UpstreamSocket {

  /** Headers of the response to the upgrade, names in lower case. */
  Map<String, List<String>> upgradeHeaders();

  /** Sends a text message; the stage completes when it is written, or exceptionally. */
  CompletionStage<Void> send(String text);

  /** Sends a ping; a fault shows as an end of the socket. */
  void ping();

  /**
   * Closes: a close frame, a bounded wait for the answer, the end of the connection. Idempotent.
   *
   * @param code that may go on the wire (RFC 6455, section 7.4)
   */
  void close(int code, String reason);
}
