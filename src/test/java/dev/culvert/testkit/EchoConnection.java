package dev.culvert.testkit;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** One connection of the upstream, from the request's first byte to the end. Loop thread only. */
final class EchoConnection {

  /** Longest request head, in bytes. */
  static final int MAX_HEAD = 64 * 1024;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final String HEAD_END = "\r\n\r\n";
  private static final Echo RAW = new Echo() {};

  private enum Phase {
    HEAD,
    ECHO,
    /** Our output has ended; input is read and dropped until the client ends it. */
    DRAIN
  }

  /** How the end of our output is told to the other side. */
  interface OutputEnd {
    void tell() throws IOException;
  }

  private final ByteChannel channel;
  private final OutputEnd outputEnd;
  private final SelectionKey key;
  private final Consumer<RequestHead> heads;
  private Phase phase = Phase.HEAD;
  private String head = "";
  private Echo echo = RAW;

  /** Output that the socket did not take; nothing is read while there is any. */
  private ByteBuffer pending = NOTHING;

  private boolean inputEnded;
  private boolean outputComplete;

  EchoConnection(
      ByteChannel channel, OutputEnd outputEnd, SelectionKey key, Consumer<RequestHead> heads) {
    this.channel = channel;
    this.outputEnd = outputEnd;
    this.key = key;
    this.heads = heads;
  }

  /**
   * Does what the socket is ready for.
   *
   * @param buffer the loop's, for this call
   * @return false when the connection is over and is to be closed
   */
  boolean ready(ByteBuffer buffer) throws IOException {
    if (pending.hasRemaining()) {
      channel.write(pending);
    } else {
      read(buffer);
    }
    if (pending.hasRemaining()) {
      key.interestOps(SelectionKey.OP_WRITE);
      return true;
    }
    if (pending.capacity() > 0) {
      pending = NOTHING;
      key.interestOps(SelectionKey.OP_READ);
    }
    if (outputComplete && phase != Phase.DRAIN) {
      phase = Phase.DRAIN;
      outputEnd.tell();
    }
    return !inputEnded;
  }

  private void read(ByteBuffer buffer) throws IOException {
    buffer.clear();
    echo.resume(buffer);
    if (channel.read(buffer) < 0) {
      inputEnded = true;
      return;
    }
    buffer.flip();
    switch (phase) {
      case HEAD -> readHead(buffer);
      case ECHO -> echo(buffer);
      case DRAIN -> buffer.clear();
    }
  }

  private void echo(ByteBuffer buffer) throws IOException {
    echo.answer(buffer);
    send(buffer);
    outputComplete = echo.finished();
  }

  private void readHead(ByteBuffer buffer) throws IOException {
    String text = head + StandardCharsets.ISO_8859_1.decode(buffer);
    int end = text.indexOf(HEAD_END);
    if (end < 0) {
      if (text.length() > MAX_HEAD) {
        throw new ProtocolException(
            "request head: " + text.length() + " bytes (expected: at most " + MAX_HEAD + ")");
      }
      head = text;
      return;
    }
    head = "";
    RequestHead request = RequestHead.parse(text.substring(0, end));
    heads.accept(request);
    handshake(request);
    if (phase == Phase.ECHO) {
      buffer.clear();
      buffer.put(text.substring(end + HEAD_END.length()).getBytes(StandardCharsets.ISO_8859_1));
      echo(buffer.flip());
    }
  }

  private void handshake(RequestHead request) throws IOException {
    Optional<String> token = request.first("Upgrade");
    if (token.isEmpty()) {
      refuse("426 Upgrade Required\r\nUpgrade: websocket");
      return;
    }
    String accept = "";
    if (token.get().toLowerCase(Locale.ROOT).equals(Upgrades.WEBSOCKET)) {
      Optional<String> webSocketKey = request.first("Sec-WebSocket-Key");
      if (webSocketKey.isEmpty()) {
        refuse("400 Bad Request");
        return;
      }
      accept = "Sec-WebSocket-Accept: " + Upgrades.accept(webSocketKey.get()) + "\r\n";
      echo = new WebSocketEcho();
    }
    phase = Phase.ECHO;
    send(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
            + ("Upgrade: " + token.get() + "\r\n" + accept + "\r\n"));
  }

  private void refuse(String statusAndFields) throws IOException {
    send("HTTP/1.1 " + statusAndFields + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    outputComplete = true;
  }

  private void send(String text) throws IOException {
    send(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private void send(ByteBuffer bytes) throws IOException {
    if (!pending.hasRemaining()) {
      channel.write(bytes);
    }
    if (bytes.hasRemaining()) {
      ByteBuffer rest = ByteBuffer.allocate(pending.remaining() + bytes.remaining());
      pending = rest.put(pending).put(bytes).flip();
    }
  }
}
