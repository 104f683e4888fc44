package dev.culvert.host.pool;

/**
 * What must be equal for two turns to share a socket.
 *
 * @param principal the authenticated caller, or what stands for the anonymous one: two callers
 *     never share a socket
 * @param endpoint address of the upstream
 * @param account upstream credential; empty = none, which pools nothing
 * @param conversation the client's chain of turns; empty = not known, which pools nothing
 * @param lane of the conversation, whose lanes may be in flight at once and are told apart by this;
 *     may be empty
 * @param variant hash of what must be equal for the upstream's prompt cache to hold; may be empty
 */
public record PoolKey(
    String principal,
    String endpoint,
    String account,
    String conversation,
    String lane,
    String variant) {

  boolean isComplete() {
    return !account.isEmpty() && !conversation.isEmpty();
  }
}
