package dev.culvert.relay;

import dev.culvert.endpoint.CloseCodes;
import dev.culvert.relay.frame.FrameEncoder;
import dev.culvert.relay.frame.OutgoingFrame;
import dev.culvert.relay.frame.Utf8Encoder;
import dev.culvert.thread.StalledException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;

/**
 * The way to the upstream. Messages come from one thread at a time, which waits here while the
 * upstream takes nothing; control frames come from any thread, never wait and go out between two
 * data frames. Nothing follows a close frame.
 */
final class UpstreamWriter {

  /** Pongs that may wait; a peer that asks for more without reading gets fewer. */
  private static final int MOST_WAITING = 16;

  private final WritableByteChannel channel;
  private final long patienceNanos;
  private final FrameEncoder encoder = new FrameEncoder();

  /** Of the thread that sends messages. */
  private final Utf8Encoder utf8 = new Utf8Encoder();

  /** Control frames not yet written; guarded by this. */
  private final Deque<ByteBuffer> controls = new ArrayDeque<>();

  /** A data frame is being written, by one thread and without the lock; guarded by this. */
  private boolean inFrame;

  /** The close frame is queued or written; guarded by this. */
  private boolean closing;

  /** Set by the channel's signal, taken back by the waiting thread before it tries. */
  private volatile boolean room;

  /** The thread that waits for room; null when none does. */
  private volatile Thread waiting;

  /**
   * Makes a writer.
   *
   * @param channel non-blocking; its owner calls {@link #onSignal} when it may take more
   * @param patience how long a message waits for an upstream that takes nothing
   */
  UpstreamWriter(WritableByteChannel channel, Duration patience) {
    this.channel = channel;
    this.patienceNanos = patience.toNanos();
  }

  /** The channel may take more, or has ended. Any thread; does not block. */
  void onSignal() {
    room = true;
    Thread thread = waiting;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  /**
   * Sends a piece of a text message.
   *
   * @throws StalledException when the upstream takes nothing for too long
   * @throws ClosedChannelException when the stream has ended, or a close frame was sent
   */
  void text(String piece, boolean last) throws IOException {
    ByteBuffer bytes = utf8.encode(piece, last);
    if (last || bytes.hasRemaining()) {
      write(encoder.text(bytes, last));
    }
  }

  /** Sends a piece of a binary message; as {@link #text}. */
  void binary(ByteBuffer piece, boolean last) throws IOException {
    if (last || piece.hasRemaining()) {
      write(encoder.binary(piece, last));
    }
  }

  /** A frame that stops halfway leaves the channel taken: nothing may follow it. */
  private void write(OutgoingFrame frame) throws IOException {
    begin();
    for (ByteBuffer earlier = nextControl(); earlier != null; earlier = nextControl()) {
      writeAll(earlier);
    }
    for (ByteBuffer chunk = frame.nextChunk(); chunk.hasRemaining(); chunk = frame.nextChunk()) {
      writeAll(chunk);
    }
    end();
  }

  private synchronized void begin() throws IOException {
    if (closing || inFrame) {
      throw new ClosedChannelException();
    }
    inFrame = true;
  }

  /** What an earlier turn could not write out. */
  private synchronized ByteBuffer nextControl() {
    return controls.poll();
  }

  private synchronized void end() throws IOException {
    inFrame = false;
    flushControls();
  }

  private void writeAll(ByteBuffer bytes) throws IOException {
    long deadline = System.nanoTime() + patienceNanos;
    while (true) {
      room = false;
      if (channel.write(bytes) > 0) {
        deadline = System.nanoTime() + patienceNanos;
      }
      if (!bytes.hasRemaining()) {
        return;
      }
      awaitRoom(deadline);
    }
  }

  private void awaitRoom(long deadline) throws IOException {
    waiting = Thread.currentThread();
    try {
      while (!room) {
        long left = deadline - System.nanoTime();
        if (left <= 0 || Thread.currentThread().isInterrupted()) {
          throw new StalledException("the upstream takes nothing");
        }
        LockSupport.parkNanos(this, left);
      }
    } finally {
      waiting = null;
    }
  }

  /** Answers a ping, soon. */
  synchronized void pong(ByteBuffer payload) throws IOException {
    if (!closing && controls.size() < MOST_WAITING) {
      control(encoder.pong(payload));
    }
  }

  /**
   * Sends a close frame after the data frame under way; later calls change nothing.
   *
   * @param code one that {@link CloseCodes#isSendable may be sent}
   */
  synchronized void close(int code, String reason) throws IOException {
    if (!closing) {
      closing = true;
      control(encoder.close(code, reason));
    }
  }

  private void control(ByteBuffer frame) throws IOException {
    controls.add(frame);
    flush();
  }

  /** Writes control frames that had to wait, as far as the channel takes them. */
  synchronized void flush() throws IOException {
    if (!inFrame) {
      flushControls();
    }
  }

  private void flushControls() throws IOException {
    while (!controls.isEmpty()) {
      channel.write(controls.peek());
      if (controls.peek().hasRemaining()) {
        return;
      }
      controls.remove();
    }
  }

  /** Whether a close frame was sent and the channel has all of it. */
  synchronized boolean isClosed() {
    return closing && !inFrame && controls.isEmpty();
  }
}
