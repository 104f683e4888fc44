package dev.culvert.host.wire;

import java.nio.ByteBuffer;

/**
 * A bounded queue of bytes that owns memory only while it holds some. Not safe for several threads.
 */
final class ByteQueue {

  /** Most bytes that a queue holds. */
  static final int CAPACITY = 64 * 1024;

  private static final int LEAST_SIZE = 512;
  private static final byte[] NONE = {};

  private byte[] bytes = NONE;
  private int start;
  private int length;

  /** Appends what fits; returns how many bytes that were. */
  int put(ByteBuffer source) {
    int count = Math.min(source.remaining(), CAPACITY - length);
    if (count > 0) {
      makeRoom(count);
      source.get(bytes, start + length, count);
      length += count;
    }
    return count;
  }

  /** Moves bytes from the front to the buffer; returns how many. */
  int take(ByteBuffer target) {
    int count = Math.min(target.remaining(), length);
    target.put(bytes, start, count);
    start += count;
    length -= count;
    if (length == 0) {
      clear();
    }
    return count;
  }

  private void makeRoom(int count) {
    int needed = length + count;
    if (start + needed <= bytes.length) {
      return;
    }
    byte[] roomy = bytes;
    if (needed > bytes.length) {
      roomy = new byte[Math.min(CAPACITY, Math.max(needed, Math.max(2 * length, LEAST_SIZE)))];
    }
    System.arraycopy(bytes, start, roomy, 0, length);
    bytes = roomy;
    start = 0;
  }

  boolean isEmpty() {
    return length == 0;
  }

  boolean hasRoom() {
    return length < CAPACITY;
  }

  /** Drops all bytes, and the memory with them. */
  void clear() {
    bytes = NONE;
    start = 0;
    length = 0;
  }

  /** Size of the memory owned, in bytes. */
  int memory() {
    return bytes.length;
  }
}
