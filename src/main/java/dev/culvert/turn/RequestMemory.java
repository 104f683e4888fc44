package dev.culvert.turn;

/**
 * How much of requests that are still arriving may be kept, of all clients together: each may be
 * long, and a client may take its time. The beginning of each counts for nothing, so that short
 * ones come through whatever others do. Any thread.
 */
public final class RequestMemory {

  /** Of a request, in bytes, that counts for nothing. */
  static final int FREE = 64 * 1024;

  /** There is room for two of the longest, however small the heap. */
  private static final long LEAST = 2L * TurnRequest.MAX_BYTES;

  /** What arrives takes up to four times its bytes, as text in a buffer that has just grown. */
  private static final int SHARE_OF_HEAP = 16;

  private final long most;

  // Guarded by this.
  private long kept;

  /**
   * @param most of all requests, in bytes
   */
  public RequestMemory(long most) {
    this.most = most;
  }

  /** A sixteenth of the heap, and at least 32 MiB. */
  public static RequestMemory ofHeap() {
    return new RequestMemory(Math.max(LEAST, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP));
  }

  /** A request of which nothing has come. */
  public Share share() {
    return new Share();
  }

  private synchronized boolean take(long bytes) {
    if (bytes > most - kept) {
      return false;
    }
    kept += bytes;
    return true;
  }

  private synchronized void give(long bytes) {
    kept -= bytes;
  }

  /** What one request keeps. Any thread. */
  public final class Share {

    // Guarded by this.
    private long taken;
    private boolean closed;

    private Share() {}

    /** What a client is told when there is no room. */
    public String refusal() {
      return "requests: " + most + " bytes are arriving already";
    }

    /**
     * Whether so much of it may be kept.
     *
     * @param size all of it up to now, in bytes
     */
    public synchronized boolean holds(long size) {
      long more = size - FREE - taken;
      if (closed || (more > 0 && !take(more))) {
        return false;
      }
      taken += Math.max(0, more);
      return true;
    }

    /** Nothing of it is kept any more; the next request may come. */
    public synchronized void release() {
      give(taken);
      taken = 0;
    }

    /** Nothing of it is kept any more, and nothing will be. */
    public synchronized void close() {
      release();
      closed = true;
    }
  }
}
