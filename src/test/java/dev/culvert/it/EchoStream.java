package dev.culvert.it;

import static dev.culvert.testkit.WebSocketFrame.BINARY;
import static dev.culvert.testkit.WebSocketFrame.CLOSE;
import static dev.culvert.testkit.WebSocketFrame.PING;
import static dev.culvert.testkit.WebSocketFrame.PONG;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;

/** A client's end of a stream whose upstream echoes. Belongs to one thread. */
final class EchoStream implements AutoCloseable {

  static final String WEBSOCKET = "websocket";

  /** Stands for an end without a close frame; never on the wire (RFC 6455, section 7.4.1). */
  static final int NO_CLOSE_FRAME = 1006;

  /** 1000. */
  private static final byte[] NORMAL = {0x03, (byte) 0xe8};

  private final Wire wire;
  private final boolean webSocket;
  private long bytesSent;
  private long bytesReceived;

  private EchoStream(Wire wire, boolean webSocket) {
    this.wire = wire;
    this.webSocket = webSocket;
  }

  /** Opens a WebSocket stream. */
  static EchoStream open(Client client, String path) throws IOException {
    return open(client, path, WEBSOCKET);
  }

  /** Opens a stream; all tokens but {@code websocket} make it an opaque one. */
  static EchoStream open(Client client, String path, String token) throws IOException {
    return new EchoStream(client.open(path, token), token.equals(WEBSOCKET));
  }

  /** Sends a message; {@link #receive} must follow. */
  void send(String text) {
    byte[] payload = text.getBytes(UTF_8);
    byte[] bytes = webSocket ? WebSocketFrame.ofClient(true, BINARY, payload).bytes() : payload;
    try {
      wire.send(bytes);
      bytesSent += bytes.length;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Receives as much as was sent. */
  String receive(String sent) {
    try {
      if (webSocket) {
        WebSocketFrame frame = nextFrame();
        bytesReceived += frame.bytes().length;
        return new String(frame.payload(), UTF_8);
      }
      byte[] bytes = wire.read(sent.getBytes(UTF_8).length);
      bytesReceived += bytes.length;
      return new String(bytes, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fails unless the stream carries this there and back. */
  void assertEchoes(String text) {
    send(text);
    assertThat(receive(text)).isEqualTo(text);
  }

  /** The next frame but for pings, which are answered. */
  private WebSocketFrame nextFrame() throws IOException {
    while (true) {
      WebSocketFrame frame = WebSocketFrame.read(wire);
      if (frame.opcode() != PING) {
        return frame;
      }
      wire.send(WebSocketFrame.ofClient(true, PONG, frame.payload()).bytes());
    }
  }

  /**
   * Waits for the end of the stream, which must be the next that comes, answers its close frame and
   * hangs up.
   *
   * @return code of the close frame, {@link #NO_CLOSE_FRAME} when there was none
   */
  int awaitEnd() {
    try (wire) {
      return webSocket ? awaitCloseFrame() : awaitHangUp();
    } catch (EOFException | SocketException ended) {
      return NO_CLOSE_FRAME;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int awaitCloseFrame() throws IOException {
    WebSocketFrame frame = nextFrame();
    assertThat(frame.opcode()).isEqualTo(CLOSE);
    answer(frame);
    assertThat(wire.readToEnd()).as("bytes after the close frame").isEmpty();
    return frame.closeCode();
  }

  /** The other side waits for the answer for a limited time only. */
  private void answer(WebSocketFrame close) throws IOException {
    try {
      wire.send(close.closeAnswer().bytes());
    } catch (SocketException late) {
      assertThat(wire.readToEnd()).isEmpty();
    }
  }

  private int awaitHangUp() throws IOException {
    assertThat(wire.readToEnd()).isEmpty();
    return NO_CLOSE_FRAME;
  }

  /** Ends a WebSocket stream by a close handshake with code 1000, an opaque one by its end. */
  void finish() {
    try (wire) {
      if (webSocket) {
        byte[] frame = WebSocketFrame.ofClient(true, CLOSE, NORMAL).bytes();
        wire.send(frame);
        bytesSent += frame.length;
      } else {
        wire.endOutput();
      }
      bytesReceived += wire.readToEnd().length;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bytes that went to the upstream: messages and our own close frame, headers included. */
  long bytesSent() {
    return bytesSent;
  }

  /** Bytes that came from the upstream. */
  long bytesReceived() {
    return bytesReceived;
  }

  /** Drops the connection. */
  @Override
  public void close() throws IOException {
    wire.close();
  }
}
