package dev.culvert.relay;

import dev.culvert.boundary.Joined;
import dev.culvert.endpoint.ClientEnd;
import dev.culvert.endpoint.CloseCodes;
import dev.culvert.endpoint.SessionEvents;
import dev.culvert.relay.MessageGate.Passage;
import dev.culvert.relay.frame.FrameDecoder;
import dev.culvert.relay.frame.FrameSink;
import dev.culvert.relay.frame.ProtocolFault;
import dev.culvert.thread.StalledException;
import dev.culvert.thread.WriteGuard;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A client's session and the stream to its upstream. Messages of the client are written by the
 * thread that brings them; those of the upstream are sent by the {@link Pump}, one turn after the
 * other. Open until either side closes, something breaks or the deployment drains it; then each
 * side gets its close frame, and the relay ends when both are closed.
 */
final class Relay implements SessionEvents {

  private static final Logger LOG = System.getLogger("dev.culvert.relay");

  private static final byte[] NOTHING = {};

  private final ClientEnd client;
  private final RelayThreads threads;
  private final RelayTerms terms;

  /** Of the pump's sends. */
  private final WriteGuard sending;

  /** Of the close, which may come while the pump sends. */
  private final WriteGuard closing;

  private final Pump pump;
  private final MessageGate toUpstream = new MessageGate();
  private final MessageGate toClient = new MessageGate();
  private final FrameDecoder decoder = new FrameDecoder(new FromUpstream());

  /** Set once, when the stream is there. */
  private volatile Stream stream;

  /** Of the pump's turns: what has come and is not taken, such as the begin of a frame. */
  private byte[] held = NOTHING;

  /** Of the pump's turns: the upstream broke the protocol, so what else it sends means nothing. */
  private boolean deaf;

  /** Set by whoever ends the relay first. */
  private final AtomicBoolean ending = new AtomicBoolean();

  private final AtomicBoolean clientDone = new AtomicBoolean();
  private final AtomicBoolean upstreamDone = new AtomicBoolean();

  /** Sides that are not closed yet. */
  private final AtomicInteger sidesLeft = new AtomicInteger(2);

  private final Runnable whenEnded;

  private volatile long lastHeard = System.nanoTime();

  /** The stream and the way into it. */
  private record Stream(String id, ByteChannel channel, UpstreamWriter writer) {}

  /**
   * Makes a relay; {@link #join} begins it.
   *
   * @param whenEnded called once, when both sides are closed
   */
  Relay(ClientEnd client, RelayThreads threads, RelayTerms terms, Runnable whenEnded) {
    this.client = client;
    this.threads = threads;
    this.terms = terms;
    this.whenEnded = whenEnded;
    this.sending = new WriteGuard(System::nanoTime, terms.stallTimeout());
    this.closing = new WriteGuard(System::nanoTime, terms.stallTimeout());
    this.pump = new Pump(threads, this::turn);
  }

  /**
   * Opens the stream and begins to relay.
   *
   * @param opener takes the signal that the stream gives, on an event loop
   * @throws IllegalStateException when there is no stream; the relay has not begun then
   */
  void join(Function<Runnable, Joined> opener) {
    Joined joined = opener.apply(this::signalled);
    UpstreamWriter writer = new UpstreamWriter(joined.channel(), terms.stallTimeout());
    stream = new Stream(joined.id(), joined.channel(), writer);
    signalled(); // one that came before is not lost
  }

  private void signalled() {
    Stream joined = stream;
    if (joined != null) {
      joined.writer().onSignal();
      pump.wake();
    }
  }

  /** Waits while the upstream takes nothing. */
  @Override
  public void text(String piece, boolean last) {
    fromClient(last, () -> stream.writer().text(piece, last));
  }

  /** As {@link #text}. */
  @Override
  public void binary(ByteBuffer piece, boolean last) {
    fromClient(last, () -> stream.writer().binary(piece, last));
  }

  private void fromClient(boolean last, WriteGuard.Write send) {
    lastHeard = System.nanoTime();
    if (toUpstream.enter() == Passage.NONE) {
      return;
    }
    try {
      send.run();
      toUpstream.leave(last);
      drained();
    } catch (ClosedChannelException e) {
      pump.wake(); // the reason is among what can still be read
    } catch (IOException e) {
      end(CloseCodes.UNEXPECTED, e.getMessage(), CloseCodes.GOING_AWAY, e.getMessage());
    }
  }

  @Override
  public void pong() {
    lastHeard = System.nanoTime();
  }

  /** Where the server tells of it within a close of ours, the session is done when that returns. */
  @Override
  public void closed(int code, String reason) {
    if (beginEnd()) {
      closeUpstream(CloseCodes.towardsUpstream(code), reason);
      clientIsDone();
    }
  }

  /** Ends the relay with 1012 after the messages that are under way. */
  void drain() {
    toUpstream.stop();
    toClient.stop();
    drained();
  }

  private void drained() {
    if (toUpstream.isDone() && toClient.isDone()) {
      restart();
    }
  }

  /** Ends the relay with 1012, whatever is under way. */
  void restart() {
    end(CloseCodes.RESTART, "service restart", CloseCodes.GOING_AWAY, "service restart");
  }

  /** Waits for nobody any more. */
  void abandon() {
    upstreamIsDone();
    clientIsDone();
  }

  /** Looks for a client that takes nothing. */
  void checkStall() {
    sending.check();
    closing.check();
  }

  private boolean beginEnd() {
    if (!ending.compareAndSet(false, true)) {
      return false;
    }
    toUpstream.shut();
    toClient.shut();
    threads.after(terms.closeGrace(), this::upstreamIsDone);
    return true;
  }

  private void end(int clientCode, String clientReason, int upstreamCode, String upstreamReason) {
    if (!beginEnd()) {
      return;
    }
    closeUpstream(upstreamCode, upstreamReason);
    threads.execute(() -> closeClient(clientCode, clientReason));
  }

  private void closeUpstream(int code, String reason) {
    try {
      stream.writer().close(code, reason);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "stream {0} ended before its close frame: {1}", stream.id(), e);
    }
    pump.wake();
  }

  private void closeClient(int code, String reason) {
    try {
      closing.run(() -> client.close(code, CloseCodes.fitting(reason)));
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.DEBUG, "session of stream {0} did not close: {1}", stream.id(), e);
    } finally {
      clientIsDone();
    }
  }

  private void clientIsDone() {
    if (clientDone.compareAndSet(false, true)) {
      sideIsDone();
    }
  }

  private void upstreamIsDone() {
    if (upstreamDone.compareAndSet(false, true)) {
      try {
        stream.channel().close();
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "stream {0} did not close: {1}", stream.id(), e);
      }
      stream.writer().onSignal(); // whoever waits for room: a closed channel gives none any more
      sideIsDone();
    }
  }

  RelayTerms terms() {
    return terms;
  }

  private void sideIsDone() {
    if (sidesLeft.decrementAndGet() == 0) {
      client.done();
      whenEnded.run();
      if (sending.isBusy()) { // nobody calls checkStall any more
        threads.after(terms.stallTimeout(), sending::check);
      }
    }
  }

  /** The pump's: writes what had to wait, and sends what has come. */
  private void turn() {
    if (upstreamDone.get()) {
      return;
    }
    try {
      stream.writer().flush();
      receive();
    } catch (ProtocolFault e) {
      deaf = true;
      end(CloseCodes.UNEXPECTED, "upstream: " + e.getMessage(), e.code(), e.getMessage());
    } catch (StalledException e) {
      end(CloseCodes.UNEXPECTED, e.getMessage(), CloseCodes.GOING_AWAY, e.getMessage());
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.DEBUG, "client of stream {0} is gone: {1}", stream.id(), e);
      end(CloseCodes.GOING_AWAY, "", CloseCodes.GOING_AWAY, "client gone");
    }
  }

  private void receive() throws IOException {
    ByteBuffer buffer = threads.borrow();
    try {
      buffer.put(held);
      held = NOTHING;
      int count = read(buffer);
      while (count > 0) {
        decode(buffer.flip());
        count = read(buffer.compact());
      }
      buffer.flip();
      if (count < 0) {
        endOfUpstream();
      }
    } finally {
      held = rest(buffer);
      threads.giveBack(buffer);
    }
  }

  private void decode(ByteBuffer buffer) throws IOException {
    if (deaf) {
      buffer.position(buffer.limit());
    } else {
      decoder.decode(buffer);
    }
  }

  private int read(ByteBuffer buffer) {
    try {
      return upstreamDone.get() ? 0 : stream.channel().read(buffer);
    } catch (IOException e) {
      return -1;
    }
  }

  /** A copy of what is left between position and limit. */
  private static byte[] rest(ByteBuffer buffer) {
    if (!buffer.hasRemaining()) {
      return NOTHING;
    }
    byte[] rest = new byte[buffer.remaining()];
    buffer.get(rest);
    return rest;
  }

  private void endOfUpstream() {
    if (beginEnd()) {
      closeClient(CloseCodes.towardsClient(CloseCodes.ABNORMAL), "upstream connection lost");
    }
    upstreamIsDone();
  }

  /** What the upstream sends, on the pump's thread. */
  private final class FromUpstream implements FrameSink {

    @Override
    public void text(String piece, boolean last) throws IOException {
      Passage passage = toClient.enter();
      if (passage != Passage.NONE) {
        boolean whole = last && passage == Passage.FIRST;
        sending.run(() -> client.text(piece, whole, last));
        left(last);
      }
    }

    @Override
    public void binary(ByteBuffer piece, boolean last) throws IOException {
      Passage passage = toClient.enter();
      if (passage != Passage.NONE) {
        boolean whole = last && passage == Passage.FIRST;
        sending.run(() -> client.binary(piece, whole, last));
        left(last);
      }
    }

    private void left(boolean last) {
      toClient.leave(last);
      drained();
    }

    /**
     * Answered at once: each side's pings are its own. The host asks this side when the client was
     * silent for long; then the client is asked too.
     */
    @Override
    public void ping(ByteBuffer payload) throws IOException {
      stream.writer().pong(payload);
      long interval = terms.pingInterval().toNanos();
      if (interval > 0 && System.nanoTime() - lastHeard > interval / 2) {
        sending.run(client::ping);
      }
    }

    @Override
    public void close(int code, String reason) throws IOException {
      boolean first = beginEnd();
      if (first) {
        stream.writer().close(code == CloseCodes.NO_STATUS ? CloseCodes.NORMAL : code, reason);
      }
      if (stream.writer().isClosed()) {
        upstreamIsDone();
      }
      if (first) {
        closeClient(CloseCodes.towardsClient(code), reason);
      }
    }
  }
}
