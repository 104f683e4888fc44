package dev.culvert.boundary;

import java.util.List;
import java.util.Map;

/**
 * An upstream slot that a turn needs.
 *
 * @param wish {@link #CONVERSATION}, {@link #CONTINUATION} or {@link #ALONE}
 * @param argument the response to be continued, or the socket that had ended; empty for a
 *     conversation
 * @param principal the authenticated caller, or what stands for the anonymous one
 * @param account upstream credential; empty = none. One that callers bring themselves is {@code
 *     <group>#<digest>}: it has a cap of its own, and is shown in metrics and evicted with its
 *     group
 * @param conversation empty = not known
 * @param lane of the conversation, whose lanes may be in flight at once; empty or null = the only
 *     one
 * @param variant hash of what must be equal for the upstream's cache to hold
 * @param upgrade digest of all that the socket is opened with besides the URL (headers, TLS and
 *     proxy): one that was opened with something else does not serve
 * @param url {@code ws} or {@code wss}; path and query as they are sent, without {@code %}
 * @param headers of the upgrade request, in their order
 * @param tls fields of a {@link TlsSpec}; null = the JDK's defaults
 * @param proxy fields of a {@link ProxySpec}; null = the upstream is reached directly
 */
public record SlotSpec(
    String wish,
    String argument,
    String principal,
    String account,
    String conversation,
    String lane,
    String variant,
    String upgrade,
    String url,
    List<Map.Entry<String, String>> headers,
    Map<String, Object> tls,
    Map<String, Object> proxy) {

  /** The slot of the conversation, or one of its own where the pool cannot help. */
  public static final String CONVERSATION = "conversation";

  /** The slot of the socket that owns a response, and no other. */
  public static final String CONTINUATION = "continuation";

  /** A socket of its own, because a reused one had ended. */
  public static final String ALONE = "alone";
}
