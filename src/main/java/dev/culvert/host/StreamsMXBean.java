package dev.culvert.host;

import dev.culvert.boundary.StreamView;
import java.util.List;
import java.util.Map;

/**
 * The live streams of all deployments, the orphaned ones included. {@code dev.culvert:type=Streams}
 *
 * <p>Closing is done with a close handshake; the operations return as soon as it has begun and tell
 * how many streams it concerns. Emits {@code dev.culvert.stream.opened} and {@code
 * dev.culvert.stream.closed} notifications, at most 100 a second; what was left out is counted in
 * the next one's message.
 */
public interface StreamsMXBean {

  /** Streams under way. */
  int getActive();

  /** Ended streams by result, since the host began. */
  Map<String, Long> getEnded();

  /** Bytes relayed since the host began, live streams included. */
  long getBytesToUpstream();

  /** Bytes relayed since the host began, live streams included. */
  long getBytesFromUpstream();

  /** All streams under way. */
  List<StreamView> list();

  /**
   * Closes one stream.
   *
   * @param code WebSocket close code that may stand in a frame
   * @param reason at most 123 bytes
   */
  int close(String id, int code, String reason);

  /** Closes those of an upstream of this name, with 1001. */
  int closeByUpstream(String upstream);

  /** Closes those of a route of this name, with 1001. */
  int closeByRoute(String route);

  /** Closes those that were opened by this user, with 1001. */
  int closeByUser(String user);

  /** Closes all, with 1001. */
  int closeAll();

  /**
   * Has every deployment read its configuration again.
   *
   * @return how many did
   * @throws IllegalArgumentException with the reasons, when a configuration is not valid; that
   *     deployment goes on with the one it has
   */
  int reload();
}
