package dev.culvert.route;

import dev.culvert.boundary.Joined;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The way from the client: what the stream does not take is kept, and nothing more is read. The
 * stream's lock guards all state and every use of the connection.
 */
final class ClientInput implements ReadListener {

  private static final int BUFFER_SIZE = 8 * 1024;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final PortableStream owner;
  private final ServletInputStream in;
  private final Joined stream;
  private final Optional<TomcatSocket> tomcat;

  /** Read and not taken yet. */
  private ByteBuffer rest = NOTHING;

  /** The client has said its last; the stream hears of it after the rest. */
  private boolean endDue;

  private boolean ended;

  /** A thread of the server that may be waiting for room; null when there is none. */
  private volatile Thread pausing;

  ClientInput(
      PortableStream owner, ServletInputStream in, Joined stream, Optional<TomcatSocket> tomcat) {
    this.owner = owner;
    this.in = in;
    this.stream = stream;
    this.tomcat = tomcat;
  }

  void listen() {
    in.setReadListener(this);
  }

  boolean isOnTomcat() {
    return tomcat.isPresent();
  }

  void begin() {
    if (tomcat.isEmpty()) {
      carry(); // some servers announce only what was asked for in vain
    }
  }

  @Override
  public void onDataAvailable() {
    owner.called(
        () -> {
          if (!carry() && tomcat.isPresent()) {
            pause();
          }
        });
  }

  /**
   * Tomcat calls again and again while there is something that nobody reads: so its thread waits
   * for room for a moment, instead of keeping a core busy.
   */
  private void pause() {
    pausing = Thread.currentThread();
    LockSupport.parkNanos(PAUSE_NANOS);
    pausing = null;
    carry(); // whoever saw the pause relies on this
  }

  @Override
  public void onAllDataRead() {
    owner.called(this::end);
  }

  /** Tomcat tells the end of the input in this way. */
  @Override
  public void onError(Throwable cause) {
    if (!(cause instanceof EOFException)) {
      owner.called(() -> owner.failed(cause));
      return;
    }
    owner.called(this::end);
    if (tomcat.isPresent()) {
      pause();
    }
  }

  private void end() {
    synchronized (owner) {
      endDue = true;
      endAfterRest();
    }
  }

  /** Under the lock. */
  private void endAfterRest() {
    if (endDue && !ended && !rest.hasRemaining()) {
      ended = true;
      stream.endInput().run();
    }
  }

  /** The connection is about to be closed; under the lock. */
  void stop() {
    ended = true;
    rest = NOTHING;
  }

  /**
   * The stream has room again. On Tomcat the rest of what is there is read by its own thread, in
   * {@link #writeListenerCalled}, since two may not read at once.
   */
  void resume() {
    Thread waiting = pausing;
    if (tomcat.isEmpty()) {
      carry();
    } else if (waiting != null) {
      LockSupport.unpark(waiting);
    } else if (gaveRest()) {
      tomcat.get().callWriteListener();
    }
  }

  private boolean gaveRest() {
    synchronized (owner) {
      return rest.hasRemaining() && giveRest();
    }
  }

  /** On a thread of the server. */
  void writeListenerCalled() {
    if (tomcat.isPresent()) {
      carry();
    }
  }

  /** Reads what is there; false when something is left that the stream does not take now. */
  private boolean carry() {
    try {
      synchronized (owner) {
        return carryAll();
      }
    } catch (IOException | IllegalStateException e) {
      owner.fail("client: " + e);
      return true;
    }
  }

  private boolean carryAll() throws IOException {
    byte[] buffer = null;
    while (!ended) {
      if (!giveRest()) {
        return false;
      }
      if (ended) {
        return true;
      }
      if (!in.isReady()) {
        return awaitMore();
      }
      buffer = buffer == null ? new byte[BUFFER_SIZE] : buffer;
      int count = in.read(buffer);
      if (count < 0) {
        end();
      } else {
        rest = ByteBuffer.wrap(buffer, 0, count);
      }
    }
    return true;
  }

  /** Undertow tells the end to nobody when it comes after bytes that had to wait. */
  private boolean awaitMore() {
    if (in.isFinished()) {
      end();
    }
    return true;
  }

  /** Under the lock. */
  private boolean giveRest() {
    try {
      stream.channel().write(rest);
    } catch (IOException e) {
      stop(); // the stream has ended; the other direction hears of it too
      return true;
    }
    endAfterRest();
    return !rest.hasRemaining();
  }
}
