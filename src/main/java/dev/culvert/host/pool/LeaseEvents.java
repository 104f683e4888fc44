package dev.culvert.host.pool;

/**
 * What the holder of a slot is told. Messages come one at a time, in their order; the end may come
 * from another thread while a message is still being handled. Nothing comes after the release.
 */
public interface LeaseEvents {

  /** A text message for this slot arrived. Handling it slowly slows the upstream down. */
  void text(String text);

  /** The socket ended under the slot; comes once, and nothing after it. */
  void lost(SocketEnd end);
}
