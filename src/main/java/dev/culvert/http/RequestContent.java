package dev.culvert.http;

import dev.culvert.handshake.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The body of a client's request, between whoever reads it from the client and the upstreams that
 * take it. A short one is kept, so that it can be sent again; of a longer one no more is held than
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
  private final Set<Cursor> cursors = new LinkedHashSet<>();
  private long total;
  private boolean dropped;
  private Optional<Headers> trailers = Optional.empty();

  /** Takes the body for one attempt, from its beginning. Fields are guarded by the body. */
  final class Cursor {
    private final Runnable moreOrEnd;
    private int piece;
    private int offset;
    private int left;

    private Cursor(Runnable moreOrEnd) {
      this.moreOrEnd = moreOrEnd;
    }

    /** How many bytes can be taken. */
    int available() {
      synchronized (RequestContent.this) {
        return left;
      }
    }

    /** The trailer fields, when all of the body has been taken and there is no more to come. */
    Optional<Headers> end() {
      synchronized (RequestContent.this) {
        return left == 0 ? trailers : Optional.empty();
      }
    }

    /** The next bytes; empty when there are none now. */
    ByteBuffer peek() {
      synchronized (RequestContent.this) {
        return left == 0
            ? ByteBuffer.allocate(0)
            : ByteBuffer.wrap(pieces.get(piece), offset, pieces.get(piece).length - offset);
      }
    }

    /** So many of the bytes of {@link #peek} have gone. */
    void taken(int count) {
      boolean room;
      synchronized (RequestContent.this) {
        boolean full = left >= WINDOW;
        left -= count;
        offset += count;
        if (offset == pieces.get(piece).length) {
          piece++;
          offset = 0;
          dropTaken();
        }
        room = left == 0 || (full && left < WINDOW);
      }
      if (room) {
        demand.run();
      }
    }

    /** The attempt has ended. */
    void close() {
      synchronized (RequestContent.this) {
        cursors.remove(this);
      }
    }
  }

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
    return trailers.isEmpty() && cursors.stream().anyMatch(cursor -> cursor.left < WINDOW);
  }

  /** How many bytes have come from the client. */
  public synchronized long total() {
    return total;
  }

  /** More of the body; the array is kept. */
  public void add(byte[] bytes) {
    if (bytes.length == 0) {
      return; // there would be nothing to take, which is the sign of having to wait
    }
    List<Cursor> woken;
    synchronized (this) {
      pieces.add(bytes);
      total += bytes.length;
      cursors.forEach(cursor -> cursor.left += bytes.length);
      dropTaken();
      woken = List.copyOf(cursors);
    }
    woken.forEach(cursor -> cursor.moreOrEnd.run());
  }

  /** The body is at its end. */
  public void end(Headers trailerFields) {
    List<Cursor> woken;
    synchronized (this) {
      trailers = Optional.of(trailerFields);
      woken = List.copyOf(cursors);
    }
    woken.forEach(cursor -> cursor.moreOrEnd.run());
  }

  /**
   * Makes sure that what has come is what was announced: else the next request of a connection
   * would be taken for the rest.
   *
   * @throws IOException when it is not
   */
  synchronized void requireWhole() throws IOException {
    if (length >= 0 && total != length) {
      throw new IOException("body: " + total + " bytes (expected: " + length + ")");
    }
  }

  /** Whether the body, as far as it has come, can be sent from its beginning. */
  synchronized boolean isReplayable() {
    return !dropped;
  }

  /** Whether all of it is there and can be sent more than once at the same time. */
  synchronized boolean isKept() {
    return !dropped && trailers.isPresent() && total <= REPLAYABLE;
  }

  /**
   * Begins to take it, from its beginning.
   *
   * @param moreOrEnd called when there is something to take, from any thread, in vain too
   */
  Cursor open(Runnable moreOrEnd) {
    Cursor cursor = new Cursor(moreOrEnd);
    synchronized (this) {
      cursor.left = pieces.stream().mapToInt(piece -> piece.length).sum();
      cursors.add(cursor);
    }
    demand.run();
    return cursor;
  }

  /** Forgets what has gone, once there is too much to be sent again; under the lock. */
  private void dropTaken() {
    if (total <= REPLAYABLE || cursors.isEmpty()) {
      return;
    }
    int gone = cursors.stream().mapToInt(cursor -> cursor.piece).min().orElseThrow();
    if (gone > 0) {
      dropped = true;
      pieces.subList(0, gone).clear();
      cursors.forEach(cursor -> cursor.piece -= gone);
    }
  }
}
