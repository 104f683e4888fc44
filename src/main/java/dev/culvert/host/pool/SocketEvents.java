package dev.culvert.host.pool;

/** What happens on an upstream socket. */
public interface SocketEvents {

  /** A text message arrived. */
  void text(String text);

  /** A binary message arrived. */
  void binary();

  /** A pong arrived. */
  void pong();

  /**
   * The socket is closed, whoever closed it; the last event.
   *
   * @param code of the close frame, 1006 without one (RFC 6455, section 7.1.5)
   */
  void closed(int code, String reason);
}
