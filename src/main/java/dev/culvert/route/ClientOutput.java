package dev.culvert.route;

import dev.culvert.boundary.Joined;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The way to the client: nothing is taken from the stream before the connection is ready for it.
 */
final class ClientOutput implements WriteListener {

  private static final int BUFFER_SIZE = 16 * 1024;

  /** How often another thread may get in the way of one carriage. */
  private static final int TRIES = 10;

  private final PortableStream owner;
  private final ServletOutputStream out;
  private final Joined stream;
  private final ClientInput input;

  // All below: guarded by the owner's lock.

  /** Read from the stream and not written; null when there is nothing. */
  private byte[] piece;

  /** Something has been written since the last flush. */
  private boolean flushDue;

  /** The stream has sent all. */
  private boolean ended;

  /** The connection must not be used any more. */
  private boolean stopped;

  ClientOutput(PortableStream owner, ServletOutputStream out, Joined stream, ClientInput input) {
    this.owner = owner;
    this.out = out;
    this.stream = stream;
    this.input = input;
  }

  void listen() {
    out.setWriteListener(this);
  }

  @Override
  public void onWritePossible() {
    owner.called(
        () -> {
          input.writeListenerCalled();
          carry();
        });
  }

  @Override
  public void onError(Throwable cause) {
    owner.called(() -> owner.failed(cause));
  }

  /** Writes what there is for the client; closes the connection after the last of it. */
  void carry() {
    IllegalStateException overtaken = null;
    for (int i = 0; i < TRIES; i++) {
      try {
        if (carryOnce()) {
          owner.close();
        }
        return;
      } catch (IllegalStateException e) {
        overtaken = e;
        if (!input.isOnTomcat()) {
          break;
        }
      } catch (IOException e) {
        owner.fail("client: " + e);
        return;
      }
    }
    owner.fail("client: " + overtaken);
  }

  /**
   * Whether the connection is to be closed.
   *
   * @throws IllegalStateException when the server takes nothing though it said that it would: on
   *     Tomcat a thread of its own may begin to flush in between, for a moment or until it calls
   */
  private boolean carryOnce() throws IOException {
    synchronized (owner) {
      return !stopped && carryAll();
    }
  }

  /** The connection is about to be closed; under the lock. */
  void stop() {
    stopped = true;
  }

  /** Returns whether all that the stream sent is with the client's system. */
  private boolean carryAll() throws IOException {
    while (!stopped && out.isReady() && next()) {
      out.write(piece);
      piece = null;
      owner.taken();
      flushDue = true;
    }
    if (stopped) {
      return false;
    }
    if ((flushDue || ended) && out.isReady()) {
      out.flush();
      flushDue = false;
    }
    return ended && piece == null && out.isReady();
  }

  /** Whether there is something to write. */
  private boolean next() throws IOException {
    if (piece != null) {
      return true;
    }
    if (ended) {
      return false;
    }
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_SIZE);
    int count = stream.channel().read(buffer);
    if (count > 0) {
      // Exactly the array: Undertow writes all of it, whatever offset and length say.
      piece = Arrays.copyOf(buffer.array(), count);
    }
    ended = count < 0;
    return count > 0;
  }
}
