package dev.culvert.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** The body of an answer, as far as it has come. Any thread. */
final class RecordedBody {

  /** Guarded by itself. */
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Adds a piece; returns its length. */
  int add(ByteBuffer piece) {
    byte[] copy = new byte[piece.remaining()];
    piece.get(copy);
    synchronized (bytes) {
      bytes.writeBytes(copy);
    }
    return copy.length;
  }

  int size() {
    synchronized (bytes) {
      return bytes.size();
    }
  }

  String text() {
    synchronized (bytes) {
      return bytes.toString(ISO_8859_1);
    }
  }
}
