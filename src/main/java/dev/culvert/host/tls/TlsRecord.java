package dev.culvert.host.tls;

import java.nio.ByteBuffer;

/** The header of a record (RFC 8446 section 5.1): type, version, length. */
final class TlsRecord {

  private static final int HEADER = 5;
  private static final int LENGTH_AT = 3;

  /** Change of ciphers, and data. */
  private static final int FIRST_TYPE = 20;

  private static final int LAST_TYPE = 23;

  /** The type of handshake messages; from TLS 1.3 on encrypted ones look like data. */
  private static final int HANDSHAKE = 22;

  private TlsRecord() {}

  /** Whether a whole record is next in the buffer. */
  static boolean isWhole(ByteBuffer buffer) {
    return isWhole(buffer, buffer.position(), buffer.limit());
  }

  /** Whether a whole record stands between the two places, at the first of them. */
  static boolean isWhole(ByteBuffer buffer, int from, int to) {
    if (to - from < HEADER) {
      return false;
    }
    boolean known = buffer.get(from) >= FIRST_TYPE && buffer.get(from) <= LAST_TYPE;
    int length = HEADER + Short.toUnsignedInt(buffer.getShort(from + LENGTH_AT));
    // What is no record, or longer than any may be, is whole enough: the engine refuses it.
    return to - from >= length || !known || length > TlsScratch.LONGEST_RECORD;
  }

  /** Whether the record that is next in the buffer shows that it is part of a handshake. */
  static boolean isHandshake(ByteBuffer buffer) {
    return buffer.get(buffer.position()) == HANDSHAKE;
  }
}
