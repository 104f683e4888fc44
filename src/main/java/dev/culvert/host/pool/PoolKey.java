package dev.culvert.host.pool;

/**
 * What must be equal for two turns to share a socket.
 *
 * @param principal the authenticated caller, or what stands for the anonymous one: two callers
 *     never share a socket
 * @param endpoint address of the upstream
 * @param account upstream credential, see {@link AccountName}; empty = none, which pools nothing
 * @param conversation the client's chain of turns; empty = not known, which pools nothing
 * @param lane of the conversation, whose lanes may be in flight at once and are told apart by this;
 *     may be empty
 * @param variant hash of what must be equal for the upstream's prompt cache to hold; may be empty
 * @param upgrade hash of the headers, the TLS settings and the proxy that the socket is opened
 *     with; may be empty
 */
public record PoolKey(
    String principal,
    String endpoint,
    String account,
    String conversation,
    String lane,
    String variant,
    String upgrade) {

  boolean isComplete() {
    return !account.isEmpty() && !conversation.isEmpty();
  }

  /**
   * Whether a socket of this key takes the place of one of the other key: the same conversation on
   * the same account, with an upgrade that has changed meanwhile. Two accounts, such as two tokens
   * of one user, may be in use side by side.
   */
  boolean supersedes(PoolKey other) {
    return principal.equals(other.principal)
        && endpoint.equals(other.endpoint)
        && account.equals(other.account)
        && conversation.equals(other.conversation)
        && lane.equals(other.lane)
        && variant.equals(other.variant)
        && !equals(other);
  }
}
