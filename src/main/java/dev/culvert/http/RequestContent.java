package dev.culvert.http;

import dev.culvert.handshake.Headers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The body of a client's request, between whoever reads it from the client and the upstream that
 * takes it. A short one is kept, so that it can be sent again; of a longer one no more is held than
 * has been read and not taken. Safe for use by any thread.
 */
public final class RequestContent {

  /** Longest body that can be sent again, in bytes. */
  public static final int REPLAYABLE = 64 * 1024;

  /** What is held of a longer one, about. */
  private static final int WINDOW = 64 * 1024;

  private final long length;

  /** Asks for more from the client; called without the lock, in vain too. */
  private final Runnable demand;

  // Guarded by this.
  private final List<byte[]> pieces = new ArrayList<>();

  /** The piece that is taken next, and how much of it has been. */
  private int piece;

  private int offset;
  private int held;
  private long total;

  /** All that ever came is still here. */
  private boolean complete = true;

  private Optional<Headers> trailers = Optional.empty();
  private boolean wanted;
  private Runnable wake = () -> {};

  /**
   * A body that has still to come.
   *
   * @param length in bytes, -1 when unknown
   * @param demand called when more is wanted than there is
   */
  public RequestContent(long length, Runnable demand) {
    this.length = length;
    this.demand = demand;
  }

  /** In bytes, -1 when unknown. */
  long length() {
    return length;
  }

  /** Whether more bytes are to be read from the client now. */
  public synchronized boolean isWanted() {
    return wanted && held < WINDOW && trailers.isEmpty();
  }

  /** How many bytes have come from the client. */
  public synchronized long total() {
    return total;
  }

  /** More of the body; the array is kept. */
  public void add(byte[] bytes) {
    Runnable woken;
    synchronized (this) {
      pieces.add(bytes);
      held += bytes.length;
      total += bytes.length;
      if (complete && total > REPLAYABLE) {
        complete = false;
        dropTaken();
      }
      woken = wake;
    }
    woken.run();
  }

  /** The body is at its end. */
  public void end(Headers trailerFields) {
    Runnable woken;
    synchronized (this) {
      trailers = Optional.of(trailerFields);
      woken = wake;
    }
    woken.run();
  }

  /** Whether the body as far as it has come can be sent from its beginning. */
  public synchronized boolean isReplayable() {
    return complete;
  }

  /**
   * From now on the upstream of one attempt takes the body, from its beginning.
   *
   * @param moreOrEnd called when there is something to take, from any thread, in vain too
   */
  void begin(Runnable moreOrEnd) {
    synchronized (this) {
      wake = moreOrEnd;
      wanted = true;
      for (int i = 0; i < piece; i++) {
        held += pieces.get(i).length;
      }
      held += offset;
      piece = 0;
      offset = 0;
    }
    demand.run();
  }

  /** The attempt that takes the body has ended. */
  synchronized void release() {
    wake = () -> {};
    wanted = false;
  }

  /** How many bytes can be taken. */
  synchronized int available() {
    return held;
  }

  /** The trailer fields, when all of the body has been taken and there is no more to come. */
  synchronized Optional<Headers> end() {
    return held == 0 ? trailers : Optional.empty();
  }

  /** The next bytes; empty when there are none now. */
  synchronized ByteBuffer peek() {
    return held == 0
        ? ByteBuffer.allocate(0)
        : ByteBuffer.wrap(pieces.get(piece), offset, pieces.get(piece).length - offset);
  }

  /** So many of the bytes of {@link #peek} have gone. */
  void taken(int count) {
    boolean room;
    synchronized (this) {
      boolean full = held >= WINDOW;
      held -= count;
      offset += count;
      if (offset == pieces.get(piece).length) {
        piece++;
        offset = 0;
        if (!complete) {
          dropTaken();
        }
      }
      room = held == 0 || (full && held < WINDOW);
    }
    if (room) {
      demand.run();
    }
  }

  /** Under the lock. */
  private void dropTaken() {
    pieces.subList(0, piece).clear();
    piece = 0;
  }
}
