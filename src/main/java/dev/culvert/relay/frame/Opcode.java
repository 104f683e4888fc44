package dev.culvert.relay.frame;

/** Opcodes and bits of a frame header (RFC 6455 section 5.2). */
final class Opcode {

  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  static final int FIN = 0x80;
  static final int RESERVED = 0x70;
  static final int MASKED = 0x80;

  /** Longest payload of a control frame (RFC 6455 section 5.5). */
  static final int LONGEST_CONTROL = 125;

  private Opcode() {}

  static boolean isControl(int opcode) {
    return opcode >= CLOSE;
  }
}
