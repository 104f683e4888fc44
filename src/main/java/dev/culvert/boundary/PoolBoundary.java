package dev.culvert.boundary;

import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * What a deployment may ask of its application's pool of upstream sockets. The pool belongs to the
 * application and outlives its deployments; a slot belongs to the deployment that asked for it.
 *
 * <p>The same rules hold as for {@link HostBoundary}. A slot that has ended is no fault: its
 * methods do nothing then.
 */
public interface PoolBoundary {

  /**
   * States how the application's pool works from now on. One that has no account and never had any
   * has no pool.
   *
   * @param settings {@link PoolSpec}
   */
  void pool(long deployment, Map<String, Object> settings);

  /**
   * Asks for an upstream slot for one turn.
   *
   * <p>The receiver is first given {@code "outcome"} and the fields of a {@link SlotResult}. When
   * that grants the slot it is given {@code "text"} and a String for each message that arrives, one
   * at a time; and {@code "lost"} and a String, the cause, should the socket end before {@link
   * #release} or {@link #discard}, perhaps while it is still busy with a message, and even before
   * the outcome is handled; {@code "too-large"} in its place when the upstream said so (1009). It
   * is called by threads of the host and may block on messages, which slows the upstream down. The
   * host holds it until the slot has ended.
   *
   * @param slot {@link SlotSpec}
   * @return id of the slot, for the methods below
   */
  long acquire(long deployment, Map<String, Object> slot, BiConsumer<String, Object> receiver);

  /**
   * Sends the turn's request.
   *
   * @return false when the socket had ended and nothing was written
   */
  boolean send(long slot, String text);

  /**
   * Ends a slot whose socket is good for another turn.
   *
   * @param responseId the response that the upstream keeps on the socket; empty when none
   */
  void release(long slot, String responseId);

  /** Gives a slot up, granted or not yet; its socket closes. */
  void discard(long slot);

  /**
   * Evicts an account of the application, or all of a group: idle sockets close now, busy ones with
   * their turn, dials under way when they are done.
   *
   * @param account a name, or the group of names as in {@link SlotSpec#account()}
   * @return how many
   */
  int evict(long deployment, String account);

  /**
   * All sockets of the application.
   *
   * @return each a {@link SocketInfo}
   */
  List<Map<String, Object>> sockets(long deployment);

  /**
   * A secret of this host, to be mixed into digests of credentials that are shown: outside of it
   * nobody can tell by trying what they were made of.
   *
   * @return the same at each call
   */
  String salt();

  /**
   * What a response that a caller got came from.
   *
   * @return {@link ResponseOwner}; null when it is not known any more
   */
  Map<String, Object> owner(long deployment, String principal, String responseId);
}
