package dev.culvert.host.dial;

import dev.culvert.host.dial.ResponseHead.Malformed;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Collects the body of a response (RFC 9112 sections 6 and 7), at most so many bytes of it. Belongs
 * to one event loop.
 */
final class BodyReader {

  private static final int LONGEST_LINE = 4096;

  private enum Part {
    SIZE,
    DATA,
    DATA_END,
    TRAILER,
    UNTIL_CLOSE
  }

  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final int limit;
  private final boolean chunked;
  private final StringBuilder line = new StringBuilder();
  private Part part;
  private long left;
  private boolean complete;
  private boolean cut;

  private BodyReader(Part part, boolean chunked, long left, int limit) {
    this.part = part;
    this.chunked = chunked;
    this.left = left;
    this.limit = limit;
    this.complete = part == Part.DATA && left == 0;
  }

  static BodyReader of(ResponseHead head, int limit) throws Malformed {
    if (head.status() == 204 || head.status() == 304) {
      return new BodyReader(Part.DATA, false, 0, limit);
    }
    List<String> codings = head.values("Transfer-Encoding");
    if (!codings.isEmpty()) {
      if (codings.size() > 1 || !codings.get(0).equalsIgnoreCase("chunked")) {
        throw new Malformed("Transfer-Encoding: " + codings + " (expected: chunked)");
      }
      return new BodyReader(Part.SIZE, true, 0, limit);
    }
    List<String> lengths = head.values("Content-Length").stream().distinct().toList();
    if (lengths.isEmpty()) {
      return new BodyReader(Part.UNTIL_CLOSE, false, Long.MAX_VALUE, limit);
    }
    if (lengths.size() > 1 || !lengths.get(0).matches("[0-9]{1,18}")) {
      throw new Malformed("Content-Length: " + lengths + " (expected: one number)");
    }
    return new BodyReader(Part.DATA, false, Long.parseLong(lengths.get(0)), limit);
  }

  /** Reads on; all of the bytes are consumed. */
  void read(ByteBuffer bytes) throws Malformed {
    while (bytes.hasRemaining() && !complete) {
      switch (part) {
        case DATA, UNTIL_CLOSE -> data(bytes);
        case SIZE -> {
          if (lineEnds(bytes)) {
            left = size(takeLine());
            part = left == 0 ? Part.TRAILER : Part.DATA;
          }
        }
        case DATA_END -> {
          if (lineEnds(bytes)) {
            if (!takeLine().isEmpty()) {
              throw new Malformed("chunk: longer than its size");
            }
            part = Part.SIZE;
          }
        }
        case TRAILER -> {
          if (lineEnds(bytes)) {
            complete = takeLine().isEmpty();
          }
        }
      }
    }
  }

  private void data(ByteBuffer bytes) {
    int step = (int) Math.min(left, bytes.remaining());
    int room = Math.min(step, limit - body.size());
    for (int i = 0; i < room; i++) {
      body.write(bytes.get());
    }
    cut |= room < step;
    bytes.position(bytes.position() + step - room);
    left -= step;
    if (part == Part.DATA && left == 0) {
      part = Part.DATA_END;
      complete = !chunked;
    }
    complete |= cut;
  }

  private boolean lineEnds(ByteBuffer bytes) throws Malformed {
    while (bytes.hasRemaining()) {
      char c = (char) (bytes.get() & 0xff);
      if (c == '\n') {
        return true;
      }
      line.append(c);
      if (line.length() > LONGEST_LINE) {
        throw new Malformed("chunk line: longer than " + LONGEST_LINE + " bytes");
      }
    }
    return false;
  }

  private String takeLine() {
    String taken = line.toString();
    line.setLength(0);
    return taken.endsWith("\r") ? taken.substring(0, taken.length() - 1) : taken;
  }

  private static long size(String line) throws Malformed {
    int semicolon = line.indexOf(';');
    String digits = (semicolon < 0 ? line : line.substring(0, semicolon)).strip();
    if (!digits.matches("[0-9a-fA-F]{1,15}")) {
      throw new Malformed(
          "chunk size: " + ResponseHead.printable(line) + " (expected: a hexadecimal number)");
    }
    return Long.parseLong(digits, 16);
  }

  /** Tells that the upstream has closed; whether the body is whole. */
  boolean endOfInput() {
    return complete || part == Part.UNTIL_CLOSE;
  }

  boolean complete() {
    return complete;
  }

  boolean cut() {
    return cut;
  }

  byte[] body() {
    return body.toByteArray();
  }
}
