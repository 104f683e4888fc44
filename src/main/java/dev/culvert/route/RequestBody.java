package dev.culvert.route;

import dev.culvert.turn.RequestMemory;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

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

    /** There is no room for more of it. */
    void crowded();

    /** The client has gone. */
    void failed(Throwable cause);
  }

  /** How far it has come. */
  private enum State {
    MORE,
    WHOLE,
    TOO_LONG,
    CROWDED
  }

  private final ServletInputStream in;
  private final long declared;
  private final int limit;
  private final RequestMemory.Share memory;
  private final Reader reader;

  // Guarded by this: servers tell of data and of their end on two threads, at the same time.
  private ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private boolean done;

  /**
   * @param declared its length in bytes, after which nothing is asked; -1 = it has not said
   * @param limit most bytes
   * @param memory asked before more is kept; closed by the reader
   */
  RequestBody(
      ServletInputStream in, long declared, int limit, RequestMemory.Share memory, Reader reader) {
    this.in = in;
    this.declared = declared;
    this.limit = limit;
    this.memory = memory;
    this.reader = reader;
  }

  @Override
  public void onDataAvailable() throws IOException {
    State state;
    byte[] whole = {};
    synchronized (this) {
      if (done) {
        return;
      }
      state = read();
      if (state == State.MORE) {
        reader.progress(); // not after the end
      } else if (state == State.WHOLE) {
        whole = take();
      } else {
        drop();
      }
    }
    switch (state) {
      case MORE -> {}
      case WHOLE -> reader.complete(whole);
      case TOO_LONG -> reader.tooLong();
      case CROWDED -> reader.crowded();
    }
  }

  /**
   * Takes what is there. The end must not come meanwhile: a question for more that is asked after
   * it would be the next request's of this connection. Payara, asked for more than there is, begins
   * to read that one, and may keep the listener with a request that it does not use again.
   */
  private State read() throws IOException {
    byte[] piece = new byte[PIECE];
    while (in.isReady()) { // Payara is finished when all has arrived, read or not
      int count = in.read(piece);
      if (count < 0) {
        break;
      }
      if (count > limit - bytes.size()) {
        return State.TOO_LONG;
      }
      if (!memory.holds(bytes.size() + count)) {
        return State.CROWDED;
      }
      bytes.write(piece, 0, count);
      if (declared >= 0 && bytes.size() >= declared) {
        return State.WHOLE;
      }
    }
    return State.MORE;
  }

  @Override
  public void onAllDataRead() {
    byte[] whole;
    synchronized (this) {
      if (done) {
        return;
      }
      whole = take();
    }
    reader.complete(whole);
  }

  @Override
  public void onError(Throwable cause) {
    synchronized (this) {
      if (done) {
        return;
      }
      drop();
    }
    reader.failed(cause);
  }

  /** Nobody wants it any more; nothing is told. The server may keep this listener for long. */
  synchronized void drop() {
    done = true;
    bytes = new ByteArrayOutputStream(0);
  }

  /** Under the lock. */
  private byte[] take() {
    byte[] whole = bytes.toByteArray();
    drop();
    return whole;
  }
}
