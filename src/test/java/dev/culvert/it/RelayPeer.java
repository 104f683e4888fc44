package dev.culvert.it;

import static dev.culvert.testkit.WebSocketFrame.CLOSE;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A client of a relay that sends and sees single frames. Belongs to one thread. */
final class RelayPeer implements AutoCloseable {

  /** A message, put together of its fragments. */
  record Message(int type, String text, int fragments) {}

  private final Wire wire;

  RelayPeer(Wire wire) {
    this.wire = wire;
  }

  static RelayPeer open(Client client, String path, String... fields) throws IOException {
    return new RelayPeer(client.open(path, EchoStream.WEBSOCKET, fields));
  }

  Wire wire() {
    return wire;
  }

  RelayPeer send(WebSocketFrame... frames) throws IOException {
    for (WebSocketFrame frame : frames) {
      wire.send(frame.bytes());
    }
    return this;
  }

  RelayPeer send(boolean fin, int opcode, String payload) throws IOException {
    return send(WebSocketFrame.ofClient(fin, opcode, payload.getBytes(UTF_8)));
  }

  RelayPeer close(int code, String reason) throws IOException {
    return send(WebSocketFrame.ofClient(true, CLOSE, closePayload(code, reason)));
  }

  static byte[] closePayload(int code, String reason) {
    byte[] text = reason.getBytes(UTF_8);
    return ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text).array();
  }

  WebSocketFrame frame() throws IOException {
    return WebSocketFrame.read(wire);
  }

  /** The next message; control frames in between are not expected. */
  Message message() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    WebSocketFrame frame = frame();
    int type = frame.opcode();
    int fragments = 1;
    bytes.write(frame.payload());
    while (!frame.fin()) {
      frame = frame();
      if (frame.opcode() != WebSocketFrame.CONTINUATION) {
        throw new IOException("frame: opcode " + frame.opcode() + " (expected: continuation)");
      }
      bytes.write(frame.payload());
      fragments++;
    }
    return new Message(type, bytes.toString(UTF_8), fragments);
  }

  /** The close code that comes next, after messages; 1006 when the connection ends without. */
  int awaitClose() throws IOException {
    try {
      WebSocketFrame frame = frame();
      while (frame.opcode() != CLOSE) {
        frame = frame();
      }
      return frame.closeCode();
    } catch (java.io.EOFException | java.net.SocketException e) {
      return EchoStream.NO_CLOSE_FRAME;
    }
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
