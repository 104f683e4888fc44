package dev.culvert.bench;

import dev.culvert.testkit.UpgradeClient;
import dev.culvert.testkit.WebSocketMessage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Streams that echoed one short message and are silent since. Belongs to one thread. */
final class IdleStreams implements AutoCloseable {

  private static final ByteBuffer PAYLOAD = ByteBuffer.allocate(16).asReadOnlyBuffer();
  private static final int MASK = 0x0102_0304;

  private final List<SocketChannel> channels = new ArrayList<>();

  /** Opens more of them, one after another. */
  void open(int port, int count) throws IOException {
    ByteBuffer question = WebSocketMessage.masked(PAYLOAD, MASK);
    ByteBuffer answer = WebSocketMessage.unmasked(PAYLOAD);
    for (int i = 0; i < count; i++) {
      SocketChannel channel = UpgradeClient.open(port, "/idle", "websocket");
      channels.add(channel);
      channel.write(question.rewind());
      byte[] echo = channel.socket().getInputStream().readNBytes(answer.limit());
      if (!ByteBuffer.wrap(echo).equals(answer)) {
        throw new EOFException("echo on stream " + channels.size() + ": not what was sent");
      }
    }
  }

  /** Closes all of them. */
  @Override
  public void close() throws IOException {
    for (SocketChannel channel : channels) {
      channel.close();
    }
    channels.clear();
  }
}
