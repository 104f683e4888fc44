package dev.culvert.host.frame;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A WebSocket frame as the tests write and read it; shares no code with what is tested.
 *
 * @param payload not masked
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Frame(boolean fin, int opcode, boolean masked, byte[] payload) {

  public static final int CONTINUATION = 0;
  public static final int TEXT = 1;
  public static final int BINARY = 2;
  public static final int CLOSE = 8;
  public static final int PING = 9;
  public static final int PONG = 10;

  private static final byte[] MASK = {(byte) 0x9a, 0x3c, (byte) 0xff, 0x00};

  public static Frame of(int opcode, byte[] payload) {
    return new Frame(true, opcode, false, payload);
  }

  public static Frame text(String text) {
    return of(TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  public static Frame close(int code, String reason) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    ByteBuffer body = ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text);
    return of(CLOSE, body.array());
  }

  /** A payload whose bytes tell their place. */
  public static byte[] pattern(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 31 + i / 251);
    }
    return bytes;
  }

  public Frame withMask() {
    return new Frame(fin, opcode, true, payload);
  }

  public Frame withoutFin() {
    return new Frame(false, opcode, masked, payload);
  }

  public byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write((fin ? 0x80 : 0) | opcode);
    int maskBit = masked ? 0x80 : 0;
    int length = payload.length;
    if (length < 126) {
      out.write(maskBit | length);
    } else if (length < 65_536) {
      out.write(maskBit | 126);
      out.writeBytes(ByteBuffer.allocate(2).putShort((short) length).array());
    } else {
      out.write(maskBit | 127);
      out.writeBytes(ByteBuffer.allocate(8).putLong(length).array());
    }
    if (masked) {
      out.writeBytes(MASK);
    }
    for (int i = 0; i < length; i++) {
      out.write(masked ? payload[i] ^ MASK[i % 4] : payload[i]);
    }
    return out.toByteArray();
  }

  /** Reads one frame, waiting for all of it. */
  public static Frame read(InputStream source) throws IOException {
    DataInputStream in = new DataInputStream(source);
    int first = in.readUnsignedByte();
    int second = in.readUnsignedByte();
    int code = second & 0x7f;
    long length = code == 127 ? in.readLong() : code == 126 ? in.readUnsignedShort() : code;
    byte[] key = (second & 0x80) == 0 ? new byte[4] : in.readNBytes(4);
    byte[] payload = in.readNBytes(Math.toIntExact(length));
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= key[i % 4];
    }
    return new Frame((first & 0x80) != 0, first & 0x0f, (second & 0x80) != 0, payload);
  }

  /** Code of a close frame, 1005 without one. */
  public int closeCode() {
    return payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xffff;
  }

  /** Reason of a close frame. */
  public String closeReason() {
    return payload.length < 2
        ? ""
        : new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
  }

  /** The payload as text. */
  public String text() {
    return new String(payload, StandardCharsets.UTF_8);
  }
}
