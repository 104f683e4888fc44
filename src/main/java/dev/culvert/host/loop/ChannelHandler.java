package dev.culvert.host.loop;

import java.io.IOException;

/** Receives the readiness of one channel. All methods are called on the channel's event loop. */
public interface ChannelHandler {

  /**
   * The channel is ready for some of the operations it is registered for.
   *
   * @throws IOException when the channel fails; {@link #failed} follows
   */
  void ready(int operations) throws IOException;

  /** The channel or its handling failed; the handler closes what it owns. */
  void failed(Throwable cause);
}
