package dev.culvert.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http2.hpack.HPackDecoder;

/**
 * A client's connection of HTTP/2 without TLS (prior knowledge, RFC 9113 section 3.3), each frame
 * of which is in the hands of a test, also those that no library would send. Belongs to one thread.
 */
public final class Http2Wire implements AutoCloseable {

  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final int HEAD = 9;

  /** Bytes of the table of fields, unless settings say otherwise (RFC 9113 section 6.5.2). */
  private static final int TABLE = 4096;

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;

  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;
  private static final int CANCEL = 8;

  private final Wire wire;
  private final HPackDecoder decoder = new HPackDecoder(TABLE, US_ASCII);
  private final ByteArrayOutputStream block = new ByteArrayOutputStream();

  /**
   * What came of a stream.
   *
   * @param status 0 when no answer came
   * @param body as far as it came
   * @param whole whether the stream came to its end, and was not reset
   */
  public record Answer(int status, String body, boolean whole) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Frame(int type, int flags, int stream, byte[] payload) {

    boolean has(int flag) {
      return (flags & flag) != 0;
    }
  }

  private Http2Wire(Wire wire) {
    this.wire = wire;
  }

  /** Connects to a port of the loopback address and says the preface. */
  public static Http2Wire connect(int port) throws IOException {
    Http2Wire client = new Http2Wire(Wire.connect(port).send(PREFACE));
    client.send(SETTINGS, 0, 0, new byte[0]);
    return client;
  }

  /**
   * Sends the fields of a request, or its trailers.
   *
   * @param end whether nothing follows
   * @param namesAndValues up to 126 characters each; pseudo fields first
   */
  public Http2Wire headers(int stream, boolean end, String... namesAndValues) throws IOException {
    ByteArrayOutputStream fields = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.write(0); // a literal that is not indexed, with a new name (RFC 7541 section 6.2.2)
      write(namesAndValues[i], fields);
      write(namesAndValues[i + 1], fields);
    }
    return send(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, fields.toByteArray());
  }

  private static void write(String text, ByteArrayOutputStream target) {
    byte[] bytes = text.getBytes(US_ASCII);
    target.write(bytes.length);
    target.writeBytes(bytes);
  }

  /**
   * Sends a piece of a body.
   *
   * @param end whether nothing follows
   */
  public Http2Wire data(int stream, boolean end, String text) throws IOException {
    return send(DATA, end ? END_STREAM : 0, stream, text.getBytes(US_ASCII));
  }

  /** Gives a stream up. */
  public Http2Wire reset(int stream) throws IOException {
    return send(RST_STREAM, 0, stream, new byte[] {0, 0, 0, CANCEL});
  }

  /** Has room for so many more bytes of the answers of all streams together. */
  public Http2Wire window(int bytes) throws IOException {
    return send(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(Integer.BYTES).putInt(bytes).array());
  }

  private Http2Wire send(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(HEAD + payload.length);
    frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    wire.send(frame.array());
    return this;
  }

  /** Reads until a stream has ended, or the connection. */
  public Answer answer(int stream) throws IOException {
    int status = 0;
    StringBuilder body = new StringBuilder();
    while (true) {
      Frame frame = next();
      boolean ours = frame.stream() == stream;
      if (frame.type() == GOAWAY || (ours && frame.type() == RST_STREAM)) {
        return new Answer(status, body.toString(), false);
      }
      if (frame.type() == SETTINGS && !frame.has(ACK)) {
        send(SETTINGS, ACK, 0, new byte[0]);
      } else if (frame.type() == HEADERS || frame.type() == CONTINUATION) {
        status = Math.max(status, status(frame));
      } else if (frame.type() == DATA && ours) {
        body.append(new String(frame.payload(), ISO_8859_1));
      }
      if (ours && frame.type() <= HEADERS && frame.has(END_STREAM)) {
        return new Answer(status, body.toString(), true);
      }
    }
  }

  /** Of servers that neither pad nor give priorities. */
  private int status(Frame frame) throws IOException {
    block.writeBytes(frame.payload());
    if (!frame.has(END_HEADERS)) {
      return 0;
    }
    ByteBuffer fields = ByteBuffer.wrap(block.toByteArray());
    block.reset();
    int status = 0;
    try {
      for (Header field : decoder.decodeHeaders(fields)) {
        if (field.getName().equals(":status")) {
          status = Integer.parseInt(field.getValue());
        }
      }
    } catch (HttpException e) {
      throw new IOException(e);
    }
    return status;
  }

  private Frame next() throws IOException {
    try {
      ByteBuffer head = ByteBuffer.wrap(wire.read(HEAD));
      int length = ((head.get() & 0xff) << 16) | (head.getShort() & 0xffff);
      return new Frame(head.get(), head.get(), head.getInt() & 0x7fffffff, wire.read(length));
    } catch (EOFException gone) {
      return new Frame(GOAWAY, 0, 0, new byte[0]); // the same to a test
    }
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
