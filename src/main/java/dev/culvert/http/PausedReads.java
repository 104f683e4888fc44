package dev.culvert.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ssl.SSLIOSession;

/**
 * A connection that has nothing to read while reading is suspended, or while it is known that
 * nothing has come. The library suspends it when an answer has no room, but goes on with a chunked
 * body as long as the socket has bytes, since it asks for the head of the next chunk after each one
 * (HttpCore 5.4, {@code ChunkDecoder}). A read that has not filled its buffer has taken all; the
 * one after it would be a system call for nothing, and what comes meanwhile wakes the selector up
 * again. Reads are those of one thread.
 */
final class PausedReads extends SessionDecorator {

  /** Whether the next read finds nothing; until something is ready to be read. */
  private boolean drained;

  private PausedReads(IOSession session) {
    super(session);
  }

  /**
   * Connections with TLS stay as they are: theirs tells the end of what has come once, and what has
   * come is all that is read there while reading is suspended (HttpCore 5.4, {@code SSLIOSession}).
   */
  static IOSession decorate(IOSession session) {
    return session instanceof SSLIOSession ? session : new PausedReads(session);
  }

  @Override
  public int read(ByteBuffer bytes) throws IOException {
    boolean paused = (session.getEventMask() & SelectionKey.OP_READ) == 0;
    if (paused) {
      return 0;
    }
    if (drained) {
      drained = false; // so that nothing depends on being told that something is ready
      return 0;
    }
    int count = session.read(bytes);
    drained = count > 0 && bytes.hasRemaining();
    return count;
  }

  /** Called before each event of something to read. */
  @Override
  public void updateReadTime() {
    drained = false;
    session.updateReadTime();
  }
}
