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
    input.writeListenerCalled();
    carry();
  }

  @Override
  public void onError(Throwable cause) {
    owner.fail("client: " + cause);
  }

  /** Writes what there is for the client; closes the connection behind the last of it. */
  void carry() {
    boolean done;
    try {
      synchronized (owner) {
        done = !stopped && carryAll();
      }
    } catch (IOException | IllegalStateException e) {
      owner.fail("client: " + e);
      return;
    }
    if (done) {
      owner.close();
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
    boolean written = false;
    while (!ended && !stopped && out.isReady()) {
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER_SIZE);
      int count = stream.channel().read(buffer);
      if (count < 0) {
        ended = true;
      } else if (count == 0) {
        break;
      } else {
        // Exactly the array: Undertow writes all of it, whatever offset and length say.
        out.write(Arrays.copyOf(buffer.array(), count));
        writes++;
        written = true;
      }
    }
    if (stopped) {
      return false;
    }
    if ((written || ended) && out.isReady()) {
      out.flush();
    }
    return ended && out.isReady();
  }
}
