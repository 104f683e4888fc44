package dev.culvert.bench;

import java.io.IOException;

/** A client that has turns answered, one after the other, over one way. Belongs to one thread. */
interface TurnCaller extends AutoCloseable {

  /** What the first event is that a client would show; metadata comes before it. */
  String FIRST_VISIBLE = "\"type\":\"response.output_item.added\"";

  /** The last event of a turn. */
  String TERMINAL = "\"type\":\"response.completed\"";

  /**
   * Has one turn answered to its end.
   *
   * @return nanoseconds from the first byte of the request, or from the dial that belongs to the
   *     turn, to the last byte of the first visible event
   * @throws IOException when the turn is not completed
   */
  long firstEventNanos() throws IOException;

  @Override
  void close() throws IOException;
}
