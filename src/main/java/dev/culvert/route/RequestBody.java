package dev.culvert.route;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.Consumer;

/** Collects the body of a request as it arrives. Called by threads of the server, one at a time. */
final class RequestBody implements ReadListener {

  private static final int PIECE = 16 * 1024;

  /** What becomes of it; one of these is called, once, unless it is {@link #progress}. */
  interface Reader {
    /** More has arrived. */
    void progress();

    /** All has arrived. */
    void complete(byte[] body);

    /** It is longer than may be. */
    void tooLong();

    /** The client has gone. */
    void failed(Throwable cause);
  }

  private final ServletInputStream in;
  private final int limit;
  private final Reader reader;

  // Guarded by this: servers tell of data and of their end on two threads, at the same time.
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private boolean done;

  /**
   * @param limit most bytes
   */
  RequestBody(ServletInputStream in, int limit, Reader reader) {
    this.in = in;
    this.limit = limit;
    this.reader = reader;
  }

  @Override
  public void onDataAvailable() throws IOException {
    boolean tooLong = false;
    synchronized (this) {
      if (!done) {
        tooLong = read();
        done = tooLong;
      }
      if (!done) {
        reader.progress(); // not behind the end
      }
    }
    if (tooLong) {
      reader.tooLong();
    }
  }

  /**
   * Takes what is there. The end must not come meanwhile: a question for more that is asked behind
   * it would be the next request's of this connection.
   *
   * @return whether it is too long
   */
  private boolean read() throws IOException {
    byte[] piece = new byte[PIECE];
    while (in.isReady()) { // Payara is finished when all has arrived, read or not
      int count = in.read(piece);
      if (count < 0) {
        break;
      }
      bytes.write(piece, 0, count);
      if (bytes.size() > limit) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void onAllDataRead() {
    once(body -> body.complete(bytes.toByteArray()));
  }

  @Override
  public void onError(Throwable cause) {
    once(body -> body.failed(cause));
  }

  private void once(Consumer<Reader> last) {
    synchronized (this) {
      if (done) {
        return;
      }
      done = true;
    }
    last.accept(reader);
  }
}
