package dev.culvert.bench;

import dev.culvert.testkit.WebSocketMessage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Streams that echoed one short message and are silent since. Belongs to one thread. */
final class IdleStreams implements AutoCloseable {

  private static final ByteBuffer PAYLOAD = ByteBuffer.allocate(16).asReadOnlyBuffer();
  private static final int MASK = 0x0102_0304;

  private final List<Connection> connections = new ArrayList<>();

  /** Opens more of them, one after another. */
  void open(Listener listener, int count) throws IOException {
    Dialler dialler = Dialler.to(listener);
    ByteBuffer question = WebSocketMessage.masked(PAYLOAD, MASK);
    ByteBuffer answer = WebSocketMessage.unmasked(PAYLOAD);
    for (int i = 0; i < count; i++) {
      Connection connection = dialler.open("/idle");
      connections.add(connection);
      connection.bytes().write(question.rewind());
      byte[] echo = connection.input().readNBytes(answer.limit());
      if (!ByteBuffer.wrap(echo).equals(answer)) {
        throw new EOFException("echo on stream " + connections.size() + ": not what was sent");
      }
    }
  }

  /** Closes all of them. */
  @Override
  public void close() throws IOException {
    for (Connection connection : connections) {
      connection.close();
    }
    connections.clear();
  }
}
