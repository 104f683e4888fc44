package dev.culvert.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One connection of the upstream, whose client waits for each answer. Loop thread only. */
final class OriginConnection {

  private static final System.Logger LOG = System.getLogger(OriginConnection.class.getName());
  private static final int LONGEST_HEAD = 16 * 1024;
  private static final Pattern BODY = Pattern.compile("/\\d{1,9}");
  private static final Pattern EVENTS = Pattern.compile("/events/(\\d{1,5})/(\\d{1,3})");
  private static final byte[] HEAD_END = ascii("\r\n\r\n");
  private static final byte[] LINE_END = ascii("\r\n");
  private static final byte[] CHUNK_SIZE =
      ascii(Integer.toHexString(NumberedEvent.LENGTH) + "\r\n");
  private static final byte[] LAST_CHUNK = ascii("0\r\n\r\n");
  private static final byte[] LISTENING = ascii("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  private static final byte[] STREAM =
      ascii(
          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n");

  private final HttpOrigin origin;
  private final SocketChannel channel;
  private final SelectionKey key;

  /** The request so far. */
  private final ByteBuffer head = ByteBuffer.allocate(LONGEST_HEAD);

  /** What the socket did not take; nothing is read while there is any. */
  private ByteBuffer pending = ByteBuffer.allocate(0);

  /** Of a pacer: its streams by number, and its port. */
  private final Map<Integer, OriginConnection> streams = new HashMap<>();

  private int pacerPort;

  // Of a stream.
  private final NumberedEvent event = new NumberedEvent();
  private final ByteBuffer chunk =
      ByteBuffer.allocateDirect(CHUNK_SIZE.length + NumberedEvent.LENGTH + LINE_END.length);
  private long events;

  OriginConnection(HttpOrigin origin, SocketChannel channel, SelectionKey key) {
    this.origin = origin;
    this.channel = channel;
    this.key = key;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Does what the socket is ready for.
   *
   * @param buffer the loop's, for this call
   */
  void ready(ByteBuffer buffer) {
    try {
      if (pending.hasRemaining()) {
        send(pending);
      } else if (channel.read(buffer.clear()) < 0) {
        close();
      } else {
        take(buffer.flip());
      }
    } catch (IOException e) {
      fail(e);
    }
  }

  /** Proxies reset connections whose clients have gone. */
  private void fail(IOException cause) {
    LOG.log(System.Logger.Level.DEBUG, "connection failed", cause);
    close();
  }

  private void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "close failed", e);
    }
    origin.pacers().remove(pacerPort, this);
    streams.values().forEach(OriginConnection::endStream);
    streams.clear();
  }

  private void take(ByteBuffer bytes) throws IOException {
    if (pacerPort != 0) {
      call(bytes);
      return;
    }
    if (bytes.remaining() > head.remaining()) {
      throw new ProtocolException("request: longer than " + LONGEST_HEAD + " bytes");
    }
    head.put(bytes);
    int begin = head.position() - HEAD_END.length;
    if (begin > 0 && head.slice(begin, HEAD_END.length).equals(ByteBuffer.wrap(HEAD_END))) {
      String target = target();
      head.clear();
      answer(target);
    }
  }

  /** The second word of the request. */
  private String target() throws ProtocolException {
    String[] words =
        new String(head.array(), 0, head.position(), StandardCharsets.US_ASCII).split(" ", 3);
    if (words.length < 3 || !words[0].equals("GET")) {
      throw new ProtocolException("request: " + words[0] + " (expected: GET)");
    }
    return words[1];
  }

  private void answer(String target) throws IOException {
    Matcher events = EVENTS.matcher(target);
    if (target.equals(Pacer.TARGET)) {
      pacerPort = ((InetSocketAddress) channel.getRemoteAddress()).getPort();
      origin.pacers().put(pacerPort, this);
      send(ByteBuffer.wrap(LISTENING));
    } else if (events.matches()) {
      stream(Integer.parseInt(events.group(1)), Integer.parseInt(events.group(2)));
    } else if (BODY.matcher(target).matches()) {
      send(origin.answer(Integer.parseInt(target.substring(1))));
    } else {
      throw new ProtocolException("target: " + target + " (expected: a length or a stream)");
    }
  }

  private void stream(int pacer, int number) throws IOException {
    OriginConnection caller = origin.pacers().get(pacer);
    if (caller == null) {
      throw new ProtocolException("pacer: none at port " + pacer);
    }
    events = 0;
    caller.streams.put(number, this);
    send(ByteBuffer.wrap(STREAM));
    sendEvent();
  }

  private void call(ByteBuffer numbers) {
    while (numbers.hasRemaining()) {
      streams.get(Byte.toUnsignedInt(numbers.get())).called();
    }
  }

  /** The socket has room: a client calls for one when it has the one before. */
  private void sendEvent() throws IOException {
    events++;
    chunk.clear().put(CHUNK_SIZE).put(event.numbered(events)).put(LINE_END).flip();
    if (channel.write(chunk) < chunk.limit()) {
      throw new ProtocolException("event: " + events + " was not taken by the socket");
    }
  }

  private void called() {
    try {
      sendEvent();
    } catch (IOException e) {
      fail(e);
    }
  }

  private void endStream() {
    try {
      send(ByteBuffer.wrap(LAST_CHUNK));
    } catch (IOException e) {
      fail(e);
    }
  }

  private void send(ByteBuffer bytes) throws IOException {
    channel.write(bytes);
    pending = bytes;
    key.interestOps(bytes.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
  }
}
