package dev.culvert.bench;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Finds the body in one response with status 200 after the other, with {@code Content-Length} or
 * chunked (RFC 9112, sections 6 and 7). Allocates nothing for a right one; belongs to one thread.
 */
final class ResponseReader {

  private static final int LONGEST_LINE = 8 * 1024;
  private static final int HEXADECIMAL = 16;
  private static final byte[] OK = ascii("http/1.1 200");
  private static final byte[] CONTENT_LENGTH = ascii("content-length:");
  private static final byte[] CHUNKED = ascii("transfer-encoding: chunked");
  private static final byte[] CLOSE = ascii("connection: close");

  private enum Part {
    STATUS,
    FIELDS,
    BODY,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILERS,
    OVER
  }

  /** The line so far, in lower case, without its end. */
  private final byte[] line = new byte[LONGEST_LINE];

  private int lineLength;
  private Part part = Part.STATUS;
  private boolean chunked;
  private boolean closing;

  /** Of the body or of the chunk, in bytes; -1 when nobody has said. */
  private long left = -1;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Skips what is no body; after it the buffer is in the body, or empty, or after the response.
   *
   * @return how many bytes of the body may be taken now
   * @throws ProtocolException when it is no such response
   */
  int skipToBody(ByteBuffer bytes) throws ProtocolException {
    while (bytes.hasRemaining() && part != Part.OVER) {
      if (part == Part.BODY || part == Part.CHUNK) {
        return (int) Math.min(left, bytes.remaining());
      }
      byte next = bytes.get();
      if (next == '\n') {
        endLine();
        lineLength = 0;
      } else if (next != '\r') {
        append(next);
      }
    }
    return 0;
  }

  private void append(byte next) throws ProtocolException {
    if (lineLength == LONGEST_LINE) {
      throw new ProtocolException("line: longer than " + LONGEST_LINE + " bytes");
    }
    line[lineLength++] = next >= 'A' && next <= 'Z' ? (byte) (next + 'a' - 'A') : next;
  }

  private void endLine() throws ProtocolException {
    switch (part) {
      case STATUS -> {
        if (!begins(OK)) {
          throw new ProtocolException("response: " + text() + " (expected: HTTP/1.1 200)");
        }
        part = Part.FIELDS;
      }
      case FIELDS -> endField();
      case CHUNK_SIZE -> {
        left = number(0, HEXADECIMAL);
        part = left > 0 ? Part.CHUNK : Part.TRAILERS;
      }
      case CHUNK_END -> part = Part.CHUNK_SIZE;
      case TRAILERS -> part = lineLength == 0 ? Part.OVER : Part.TRAILERS;
      case BODY, CHUNK, OVER -> throw new IllegalStateException("no line: " + part);
    }
  }

  private void endField() throws ProtocolException {
    if (begins(CONTENT_LENGTH)) {
      left = number(CONTENT_LENGTH.length, 10);
    } else if (begins(CHUNKED)) {
      chunked = true;
    } else if (begins(CLOSE)) {
      closing = true;
    } else if (lineLength == 0 && chunked) {
      part = Part.CHUNK_SIZE;
    } else if (lineLength == 0 && left < 0) {
      throw new ProtocolException("response: neither Content-Length nor chunked");
    } else if (lineLength == 0) {
      part = left > 0 ? Part.BODY : Part.OVER;
    }
  }

  private boolean begins(byte[] text) {
    if (lineLength < text.length) {
      return false;
    }
    for (int i = 0; i < text.length; i++) {
      if (line[i] != text[i]) {
        return false;
      }
    }
    return true;
  }

  /** Reads the number after an offset, up to anything else but blanks. */
  private long number(int offset, int radix) throws ProtocolException {
    long number = 0;
    int digits = 0;
    for (int i = offset; i < lineLength; i++) {
      int digit = Character.digit(line[i], radix);
      if (digit >= 0) {
        number = number * radix + digit;
        digits++;
      } else if (digits > 0) {
        break;
      }
    }
    if (digits == 0) {
      throw new ProtocolException("line: " + text() + " (expected: a number)");
    }
    return number;
  }

  private String text() {
    return new String(line, 0, lineLength, StandardCharsets.ISO_8859_1).toUpperCase(Locale.ROOT);
  }

  /** That much of the body was taken. */
  void taken(int count) {
    left -= count;
    if (left == 0) {
      part = chunked ? Part.CHUNK_END : Part.OVER;
    }
  }

  /** Whether the response has ended. */
  boolean isOver() {
    return part == Part.OVER;
  }

  /** Whether the response says that the connection ends after it. */
  boolean isClosing() {
    return closing;
  }

  /** The next response may come. */
  void next() {
    part = Part.STATUS;
    chunked = false;
    closing = false;
    left = -1;
  }
}
