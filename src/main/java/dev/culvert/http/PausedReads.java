package dev.culvert.http;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SelectionKey;
import java.util.concurrent.locks.Lock;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.Command;
import org.apache.hc.core5.reactor.IOEventHandler;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ssl.SSLIOSession;
import org.apache.hc.core5.util.Timeout;

/**
 * A connection that has nothing to read while reading is suspended, or while it is known that
 * nothing has come. The library suspends it when an answer has no room, but goes on with a chunked
 * body as long as the socket has bytes, since it asks for the head of the next chunk after each one
 * (HttpCore 5.4, {@code ChunkDecoder}). A read that has not filled its buffer has taken all; the
 * one after it would be a system call for nothing, and what comes meanwhile wakes the selector up
 * again. Reads are those of one thread.
 */
final class PausedReads implements IOSession {

  private final IOSession session;

  /** Whether the next read finds nothing; until something is ready to be read. */
  private boolean drained;

  private PausedReads(IOSession session) {
    this.session = session;
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

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    return session.write(bytes);
  }

  @Override
  public boolean isOpen() {
    return session.isOpen();
  }

  @Override
  public String getId() {
    return session.getId();
  }

  @Override
  public IOEventHandler getHandler() {
    return session.getHandler();
  }

  @Override
  public void upgrade(IOEventHandler handler) {
    session.upgrade(handler);
  }

  @Override
  public Lock getLock() {
    return session.getLock();
  }

  @Override
  public void enqueue(Command command, Command.Priority priority) {
    session.enqueue(command, priority);
  }

  @Override
  public boolean hasCommands() {
    return session.hasCommands();
  }

  @Override
  public Command poll() {
    return session.poll();
  }

  @Override
  public ByteChannel channel() {
    return session.channel();
  }

  @Override
  public SocketAddress getRemoteAddress() {
    return session.getRemoteAddress();
  }

  @Override
  public SocketAddress getLocalAddress() {
    return session.getLocalAddress();
  }

  @Override
  public int getEventMask() {
    return session.getEventMask();
  }

  @Override
  public void setEventMask(int operations) {
    session.setEventMask(operations);
  }

  @Override
  public void setEvent(int operation) {
    session.setEvent(operation);
  }

  @Override
  public void clearEvent(int operation) {
    session.clearEvent(operation);
  }

  @Override
  public void close() {
    session.close();
  }

  @Override
  public void close(CloseMode closeMode) {
    session.close(closeMode);
  }

  @Override
  public Status getStatus() {
    return session.getStatus();
  }

  @Override
  public Timeout getSocketTimeout() {
    return session.getSocketTimeout();
  }

  @Override
  public void setSocketTimeout(Timeout timeout) {
    session.setSocketTimeout(timeout);
  }

  @Override
  public long getLastReadTime() {
    return session.getLastReadTime();
  }

  @Override
  public long getLastWriteTime() {
    return session.getLastWriteTime();
  }

  @Override
  public long getLastEventTime() {
    return session.getLastEventTime();
  }

  /** Called before each event of something to read. */
  @Override
  public void updateReadTime() {
    drained = false;
    session.updateReadTime();
  }

  @Override
  public void updateWriteTime() {
    session.updateWriteTime();
  }
}
