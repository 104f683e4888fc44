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

  private final PortableStream owner;
  private final ServletOutputStream out;
  private final Joined stream;
  private final ClientInput input;

  /** Read from the stream and not written; null when there is nothing. */
  private byte[] piece;

  /** Something has been written since the last flush. */
  private boolean flushDue;

  /** The stream has sent all. */
  private boolean ended;

  private long writes;

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

  /** Writes what there is for the client; closes the connection behind the last of it. */
  void carry() {
    boolean done;
    try {
      synchronized (owner) {
        done = !stopped && carryAll();
      }
    } catch (IllegalStateException e) {
      if (!isOvertaken()) {
        owner.fail("client: " + e);
      }
      return;
    } catch (IOException e) {
      owner.fail("client: " + e);
      return;
    }
    if (done) {
      owner.close();
    }
  }

  /**
   * On Tomcat a thread of the server's may begin to flush, and not come to the end, behind our
   * question whether it is ready. It calls again when it is.
   */
  private boolean isOvertaken() {
    synchronized (owner) {
      return input.isOnTomcat() && !stopped && !out.isReady();
    }
  }

  /** How often the server took something; under the lock. */
  long writes() {
    return writes;
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
      writes++;
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
