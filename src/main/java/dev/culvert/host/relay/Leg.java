package dev.culvert.host.relay;

import dev.culvert.host.frame.CloseStatus;
import dev.culvert.host.frame.ControlFrames;
import dev.culvert.host.frame.FrameScanner;
import dev.culvert.host.loop.ChannelHandler;
import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.loop.OwnedCounter;
import dev.culvert.host.wire.Wire;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;

/**
 * One side of a stream. What is read here is written to the {@link #peer} in the same turn of the
 * loop; only what the peer does not accept waits, in the peer's {@link Outbox}, and then nothing
 * more is read here. Loop thread only, but for {@link #bytes()} and the scanner's counts.
 */
final class Leg implements ChannelHandler {

  private static final Logger LOG = System.getLogger("dev.culvert.host");
  private static final byte[] NOTHING = {};

  private final Stream stream;
  private final EventLoop loop;
  private final Wire wire;
  private final Outbox out;

  /** Frames sent to this side are masked: it is a server. */
  private final boolean masked;

  /** Follows what this side sends; null for an opaque stream. */
  private final FrameScanner scanner;

  private Leg peer;

  /** Bytes of an unfinished frame header, or of a frame that has to be seen whole. */
  private byte[] held = NOTHING;

  private int heldLength;

  private boolean readEnded;
  private boolean closeSeen;
  private boolean closeSent;
  private CloseStatus closeDue;
  private boolean pingDue;

  /** Something broke the protocol: what else this side sends means nothing. */
  private boolean deaf;

  private long lastRead;
  private long lastRelayed;
  private long lastPing;

  /** Bytes read here and meant for the peer. */
  private final OwnedCounter bytes = new OwnedCounter();

  Leg(Stream stream, EventLoop loop, Wire wire, boolean masked, FrameScanner scanner) {
    this.stream = stream;
    this.loop = loop;
    this.wire = wire;
    this.out = new Outbox(loop, wire);
    this.masked = masked;
    this.scanner = scanner;
  }

  void join(Leg other) {
    peer = other;
  }

  /** Registers with the loop, not yet reading. */
  void register() throws IOException {
    lastRead = loop.now();
    lastRelayed = lastRead;
    lastPing = lastRead;
    wire.attach(loop, this);
  }

  /** Relays what had been read before the stream began. */
  void relayEarly(ByteBuffer early) {
    if (early.hasRemaining() && !stream.hasEnded()) {
      relay(early, false);
    }
  }

  @Override
  public void ready(int operations) throws IOException {
    if ((operations & SelectionKey.OP_WRITE) != 0) {
      flush();
    }
    if ((operations & SelectionKey.OP_READ) != 0 && !stream.hasEnded()) {
      read();
    }
  }

  @Override
  public void failed(Throwable cause) {
    stream.failed(this, cause);
  }

  private void read() throws IOException {
    ByteBuffer buffer = loop.buffer();
    if (heldLength > 0) {
      buffer.put(held, 0, heldLength);
    }
    int count = receive(buffer);
    if (count > 0) {
      lastRead = loop.now();
      heldLength = 0;
      relay(buffer.flip(), true);
    } else if (count < 0) {
      endOfInput();
    }
  }

  /** A reset after the close frame ends the input: all that matters has come. */
  private int receive(ByteBuffer buffer) throws IOException {
    try {
      return wire.read(buffer);
    } catch (IOException e) {
      if (closeSeen) {
        return -1;
      }
      throw e;
    }
  }

  /** A frame whose header never became whole is not begun on the other side. */
  private void endOfInput() {
    readEnded = true;
    heldLength = 0;
    if (wire.endedBothWays()) {
      out.giveUp();
      stream.hungUp();
    }
    peer.endOutputWhenFlushed();
    updateInterest();
    stream.progressed();
  }

  /**
   * Passes bytes on.
   *
   * @param shared whether the buffer is the loop's, so that it can be kept instead of copied
   */
  private void relay(ByteBuffer buffer, boolean shared) {
    if (scanner == null) {
      forward(buffer, shared);
      return;
    }
    if (deaf || closeSeen) {
      return;
    }
    int limit = buffer.limit();
    while (true) {
      int from = buffer.position();
      FrameScanner.Stop stop = scanner.scan(buffer, peer.injectionDue());
      int to = buffer.position();
      if (stop == FrameScanner.Stop.END) {
        hold(buffer);
        forward(buffer.limit(to).position(from), shared);
        return;
      }
      int end = stop == FrameScanner.Stop.OWN_PONG ? scanner.frameStart() : to;
      forward(buffer.limit(end).position(from), false);
      buffer.limit(limit).position(to);
      if (stop == FrameScanner.Stop.VIOLATION) {
        deaf = true;
        stream.violated(scanner.violation());
        return;
      }
      if (stop == FrameScanner.Stop.CLOSE) {
        closeSeen = true;
        peer.closeSent = true;
        stream.closeFrameSeen();
        return;
      }
      if (stop == FrameScanner.Stop.BOUNDARY) {
        peer.inject();
      }
      if (stream.hasEnded()) {
        return;
      }
    }
  }

  private void hold(ByteBuffer buffer) {
    heldLength = buffer.remaining();
    if (heldLength > 0) {
      if (held.length == 0) {
        held = new byte[FrameScanner.LONGEST_HELD];
      }
      buffer.get(held, 0, heldLength);
    }
  }

  private void forward(ByteBuffer buffer, boolean shared) {
    if (!buffer.hasRemaining() || peer.closeSent || peer.out.hasEnded()) {
      return; // nothing may follow a close frame
    }
    bytes.add(buffer.remaining());
    lastRelayed = loop.now();
    peer.write(buffer, shared);
  }

  private void write(ByteBuffer buffer, boolean shared) {
    try {
      if (out.write(buffer, shared)) {
        updateInterest();
        peer.updateInterest();
      }
    } catch (IOException e) {
      unwritable(e);
    }
  }

  private void flush() {
    try {
      if (!out.flush()) {
        return;
      }
    } catch (IOException e) {
      unwritable(e);
      return;
    }
    if (peer.readEnded) {
      endOutputWhenFlushed();
    }
    updateInterest();
    peer.updateInterest();
    stream.progressed();
  }

  private void endOutputWhenFlushed() {
    if (out.waits()) {
      return;
    }
    try {
      out.end();
    } catch (IOException e) {
      unwritable(e);
    }
  }

  /**
   * This side does not listen any more. What it said before is still passed on, because its reason
   * may be in there: a server that refuses a message sends a close frame and hangs up at once.
   */
  private void unwritable(IOException cause) {
    stream.unwritable(this, cause);
    updateInterest();
    peer.updateInterest();
  }

  /**
   * Asks for a ping to this side at the next frame boundary of what it receives. A side for which
   * bytes wait gets none: it could not answer before it has taken them.
   */
  void ping(long now) {
    lastPing = now;
    pingDue = true;
    injectAtBoundary();
  }

  /** Asks for a close frame to this side at the next frame boundary of what it receives. */
  void close(CloseStatus status) {
    if (!closeSent) {
      closeDue = status;
      injectAtBoundary();
    }
  }

  private boolean injectionDue() {
    return pingDue || closeDue != null;
  }

  private void injectAtBoundary() {
    if (peer.scanner.atBoundary()) {
      inject();
    }
  }

  private void inject() {
    CloseStatus status = closeDue;
    boolean ping = pingDue;
    closeDue = null;
    pingDue = false;
    if (closeSent || out.hasEnded()) {
      return;
    }
    if (status != null) {
      closeSent = true;
      write(ControlFrames.close(status, masked), false);
      peer.updateInterest();
    } else if (ping && !out.waits()) {
      scanner.expectPong();
      write(ControlFrames.ping(Stream.PING, masked), false);
    }
  }

  private void updateInterest() {
    boolean heard = pendingOfPeerAllowsReading() && !readEnded;
    wire.interest((heard ? SelectionKey.OP_READ : 0) | (out.waits() ? SelectionKey.OP_WRITE : 0));
  }

  /** After a close frame the rest is only read for the answer, and dropped. */
  private boolean pendingOfPeerAllowsReading() {
    return !peer.out.waits() || peer.closeSent;
  }

  /** Begins to read. */
  void open() {
    updateInterest();
  }

  /** Closes the connection and gives back the buffer. */
  void end() {
    out.drop();
    try {
      wire.close();
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "CULVERT-H006 connection did not close", e);
    }
  }

  /** Whether nothing more goes in either direction through this side. */
  boolean done() {
    return finishing() && !out.waits();
  }

  /** Whether at most what waits for this side, such as the end of TLS, is still to go. */
  boolean finishing() {
    return readEnded && out.hasEnded();
  }

  /** Whether this side has sent and got its close frame, or cannot any more. */
  boolean closeDone() {
    return (closeSeen || readEnded) && (closeSent || out.hasEnded()) && !out.waits();
  }

  boolean hasSeenClose() {
    return closeSeen;
  }

  boolean hasReadEnded() {
    return readEnded;
  }

  /** When bytes of this side last went to the peer, or waiting bytes to this side. */
  long lastMoved() {
    return Math.max(lastRelayed, out.lastFlush());
  }

  /** Whether bytes wait for this side and it has taken some since then. */
  boolean drainingSince(long time) {
    return out.waits() && out.lastFlush() - time > 0;
  }

  /** When this side last sent anything or was last asked to. */
  long lastHeardOrAsked() {
    return Math.max(lastRead, lastPing);
  }

  long bytes() {
    return bytes.get();
  }

  /** Bytes that wait for this side. */
  int pendingBytes() {
    return out.pendingBytes();
  }

  FrameScanner scanner() {
    return scanner;
  }
}
