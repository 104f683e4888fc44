package dev.culvert.host.relay;

/** Learns of streams' life. Called on event loops; must not block. */
public interface StreamListener {

  /** The stream relays from now on. */
  void opened(Stream stream);

  /** The stream has ended and both its connections are closed. Called exactly once per stream. */
  void ended(Stream stream, StreamEnd end);
}
