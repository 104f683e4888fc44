package dev.culvert.host.frame;

import dev.culvert.host.frame.FrameScanner.Stop;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Feeds a scanner chunk by chunk as a relay does, and collects what it lets through. */
final class ScannerDriver {

  static final long OWN_PING = 0x0102_0304_0506_0708L;

  private final FrameScanner scanner;
  private final ByteArrayOutputStream forwarded = new ByteArrayOutputStream();
  private final List<Stop> stops = new ArrayList<>();
  private byte[] held = {};

  ScannerDriver(FrameScanner scanner) {
    this.scanner = scanner;
  }

  static ScannerDriver unlimited() {
    return new ScannerDriver(new FrameScanner(0, 0, OWN_PING));
  }

  ScannerDriver feed(byte[] bytes, int from, int to) {
    ByteBuffer buffer = ByteBuffer.allocate(held.length + to - from);
    buffer.put(held).put(bytes, from, to - from).flip();
    Stop stop = Stop.BOUNDARY;
    while (stop != Stop.END && stop != Stop.VIOLATION) {
      int start = buffer.position();
      stop = scanner.scan(buffer, false);
      int end = stop == Stop.OWN_PONG ? scanner.frameStart() : buffer.position();
      forwarded.write(buffer.array(), start, end - start);
      if (stop != Stop.END) {
        stops.add(stop);
      }
    }
    held = new byte[buffer.remaining()];
    buffer.get(held);
    return this;
  }

  ScannerDriver feed(byte[] bytes) {
    return feed(bytes, 0, bytes.length);
  }

  /** Pings of ours went to the sender. */
  ScannerDriver expectPongs(int count) {
    for (int i = 0; i < count; i++) {
      scanner.expectPong();
    }
    return this;
  }

  FrameScanner scanner() {
    return scanner;
  }

  byte[] forwarded() {
    return forwarded.toByteArray();
  }

  List<Stop> stops() {
    return stops;
  }

  int heldLength() {
    return held.length;
  }
}
