package dev.culvert.host.frame;

import dev.culvert.host.loop.OwnedCounter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Follows the frame boundaries in one direction of a WebSocket connection without touching the
 * payload. The caller offers bytes; the scanner says how far they can be passed on, and stops at
 * every frame of which the caller must see the whole: close frames, and pongs that answer a ping of
 * ours, as many as there were pings. Bytes of an unfinished header are never passed on, so between
 * two calls the direction is either inside a payload or exactly at a frame boundary.
 *
 * <p>Belongs to the event loop of its stream; the counts may be read by any thread and are then at
 * most one event behind.
 */
public final class FrameScanner {

  /** Longest header plus longest control payload: what a caller may have to keep for later. */
  public static final int LONGEST_HELD = 14 + 125;

  /** What {@link #scan} stopped at. */
  public enum Stop {
    /** All bytes that can be passed on were scanned; the rest waits for more bytes. */
    END,
    /** The next frame starts here, and the caller asked to stop at boundaries. */
    BOUNDARY,
    /** A whole close frame was scanned; see {@link #close()}. */
    CLOSE,
    /** A whole pong that answers our ping was scanned; it begins at {@link #frameStart()}. */
    OWN_PONG,
    /** The next frame breaks a limit; see {@link #violation()}. Nothing of it was scanned. */
    VIOLATION
  }

  private static final int CONTINUATION = 0;
  private static final int CLOSE = 8;
  private static final int PONG = 10;

  private final long maxFrame;
  private final long maxMessage;
  private final long ownPing;

  private long payloadLeft;
  private long messageLength;
  private int frameStart;

  /** Pings of ours that have not been answered. */
  private int pongsDue;

  private CloseStatus close;
  private CloseStatus violation;

  private final OwnedCounter frames = new OwnedCounter();
  private final OwnedCounter messages = new OwnedCounter();

  /**
   * Makes a scanner for one direction.
   *
   * @param maxFrame largest payload of a frame in bytes, 0 = no limit
   * @param maxMessage largest payload of a message in bytes, 0 = no limit
   * @param ownPing payload of the pings that the relay injects
   */
  public FrameScanner(long maxFrame, long maxMessage, long ownPing) {
    this.maxFrame = maxFrame;
    this.maxMessage = maxMessage;
    this.ownPing = ownPing;
  }

  /** A ping of ours went to the sender of this direction: one pong with its payload is ours. */
  public void expectPong() {
    pongsDue++;
  }

  /**
   * Scans from the buffer's position, which it moves past everything that can be passed on.
   *
   * @param stopAtBoundary whether to stop at the first frame boundary, before any byte of the frame
   */
  public Stop scan(ByteBuffer bytes, boolean stopAtBoundary) {
    int at = bytes.position();
    int limit = bytes.limit();
    Stop stop = Stop.END;
    while (stop == Stop.END) {
      if (payloadLeft > 0) {
        long step = Math.min(payloadLeft, limit - at);
        payloadLeft -= step;
        at += (int) step;
      }
      if (payloadLeft > 0) {
        break;
      }
      if (stopAtBoundary) {
        stop = Stop.BOUNDARY;
        break;
      }
      int header = headerLength(bytes, at, limit);
      if (header == 0) {
        break;
      }
      long length = payloadLength(bytes, at);
      int opcode = bytes.get(at) & 0x0f;
      violation = check(opcode, length);
      if (violation != null) {
        stop = Stop.VIOLATION;
        break;
      }
      boolean whole = limit - at - header >= length;
      if (opcode == CLOSE) {
        if (!whole) {
          break;
        }
        close = closeStatus(bytes, at, header, (int) length);
        stop = Stop.CLOSE;
      } else if (opcode == PONG && length == Long.BYTES && pongsDue > 0) {
        if (!whole) {
          break;
        }
        stop = payload(bytes, at, header) == ownPing ? Stop.OWN_PONG : Stop.END;
      }
      frameStart = at;
      at += header;
      payloadLeft = length;
      if (stop == Stop.OWN_PONG) {
        pongsDue--;
        at += (int) length;
        payloadLeft = 0;
        break;
      }
      count(opcode, bytes.get(frameStart) < 0, length);
      if (stop == Stop.CLOSE) {
        at += (int) length;
        payloadLeft = 0;
      }
    }
    bytes.position(at);
    return stop;
  }

  /** Whether the bytes passed on so far end with a whole frame. */
  public boolean atBoundary() {
    return payloadLeft == 0;
  }

  /** Index of the first byte of the frame last scanned. */
  public int frameStart() {
    return frameStart;
  }

  /** The close frame last scanned, null before there was one. */
  public CloseStatus close() {
    return close;
  }

  /** The status with which the connection has to be closed after {@link Stop#VIOLATION}. */
  public CloseStatus violation() {
    return violation;
  }

  /** Frames whose header has passed, control frames included. */
  public long frames() {
    return frames.get();
  }

  /** Data messages whose last frame has begun. */
  public long messages() {
    return messages.get();
  }

  private void count(int opcode, boolean fin, long length) {
    frames.add(1);
    if (opcode >= CLOSE) {
      return;
    }
    messageLength = fin ? 0 : messageLength + length;
    if (fin) {
      messages.add(1);
    }
  }

  private CloseStatus check(int opcode, long length) {
    if (length < 0) {
      return new CloseStatus(CloseStatus.PROTOCOL_ERROR, "frame length of 2^63 or more");
    }
    if (opcode >= CLOSE) {
      return length <= 125
          ? null
          : new CloseStatus(CloseStatus.PROTOCOL_ERROR, "control frame longer than 125 bytes");
    }
    if (maxFrame > 0 && length > maxFrame) {
      return new CloseStatus(CloseStatus.TOO_BIG, "frame larger than " + maxFrame + " bytes");
    }
    long before = opcode == CONTINUATION ? messageLength : 0;
    if (maxMessage > 0 && (length > maxMessage || before + length > maxMessage)) {
      return new CloseStatus(CloseStatus.TOO_BIG, "message larger than " + maxMessage + " bytes");
    }
    return null;
  }

  /** Length of the header at an index, 0 when not all of it is there. */
  private static int headerLength(ByteBuffer bytes, int at, int limit) {
    if (limit - at < 2) {
      return 0;
    }
    int second = bytes.get(at + 1);
    int code = second & 0x7f;
    int length = 2 + (code == 127 ? 8 : code == 126 ? 2 : 0) + (second < 0 ? 4 : 0);
    return limit - at < length ? 0 : length;
  }

  private static long payloadLength(ByteBuffer bytes, int at) {
    int code = bytes.get(at + 1) & 0x7f;
    return switch (code) {
      case 126 -> bytes.getShort(at + 2) & 0xffff;
      case 127 -> bytes.getLong(at + 2);
      default -> code;
    };
  }

  private static long payload(ByteBuffer bytes, int at, int header) {
    long raw = bytes.getLong(at + header);
    if (bytes.get(at + 1) >= 0) {
      return raw;
    }
    long mask = bytes.getInt(at + header - 4) & 0xffff_ffffL;
    return raw ^ ((mask << 32) | mask);
  }

  private static CloseStatus closeStatus(ByteBuffer bytes, int at, int header, int length) {
    if (length < 2) {
      return new CloseStatus(CloseStatus.NO_STATUS, "");
    }
    boolean masked = bytes.get(at + 1) < 0;
    byte[] body = new byte[length];
    for (int i = 0; i < length; i++) {
      int mask = masked ? bytes.get(at + header - 4 + (i & 3)) : 0;
      body[i] = (byte) (bytes.get(at + header + i) ^ mask);
    }
    int code = ((body[0] & 0xff) << 8) | (body[1] & 0xff);
    return new CloseStatus(code, new String(body, 2, length - 2, StandardCharsets.UTF_8));
  }
}
