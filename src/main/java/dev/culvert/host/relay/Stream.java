package dev.culvert.host.relay;

import dev.culvert.boundary.StreamSpec;
import dev.culvert.boundary.StreamView;
import dev.culvert.host.frame.CloseStatus;
import dev.culvert.host.frame.FrameScanner;
import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.wire.Wire;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * A client's connection and an upstream's, joined. OPEN until one of them or we begin a close
 * handshake, then CLOSING for a bounded time, then ENDED; a WebSocket stream that its peers end by
 * themselves goes from OPEN to ENDED.
 *
 * <p>All state belongs to the thread of the stream's event loop. Methods that say so may be called
 * by any thread; they hand over to the loop.
 */
public final class Stream {

  private static final Logger LOG = System.getLogger("dev.culvert.host");

  private enum State {
    OPEN,
    CLOSING,
    ENDED
  }

  /** Payload of our pings, by which the answers are known and kept from the other side. */
  static final long PING = new SecureRandom().nextLong();

  private final String id;
  private final long deployment;
  private final StreamSpec spec;
  private final long openedAt = System.currentTimeMillis();
  private final EventLoop loop;
  private final StreamListener listener;
  private final Leg client;
  private final Leg upstream;
  private final Lifetime lifetime;

  /** Written by the loop only. */
  private volatile State state = State.OPEN;

  /** Written once, by the thread that undeploys. */
  private volatile boolean orphaned;

  private StreamResult result = StreamResult.CLOSED;
  private CloseStatus status = CloseStatus.WITHOUT_FRAME;

  /** The first thing that went wrong, for the log. */
  private String trouble = "";

  /**
   * Joins two connections; relaying begins with {@link #start}.
   *
   * @param deployment the one that opens the stream
   */
  public Stream(
      String id,
      long deployment,
      StreamSpec spec,
      EventLoop loop,
      Wire client,
      Wire upstream,
      StreamListener listener) {
    this.id = id;
    this.deployment = deployment;
    this.spec = spec;
    this.loop = loop;
    this.listener = listener;
    this.client = new Leg(this, loop, client, false, scanner());
    this.upstream = new Leg(this, loop, upstream, true, scanner());
    this.client.join(this.upstream);
    this.upstream.join(this.client);
    this.lifetime = new Lifetime(this, loop, spec);
  }

  private FrameScanner scanner() {
    return spec.webSocket() ? new FrameScanner(spec.maxFrame(), spec.maxMessage(), PING) : null;
  }

  /** Relays what either side sent after its handshake, then reads on. Loop thread only. */
  public void start(ByteBuffer earlyFromClient, ByteBuffer earlyFromUpstream) {
    try {
      listener.opened(this);
      client.register();
      upstream.register();
      client.relayEarly(earlyFromClient);
      upstream.relayEarly(earlyFromUpstream);
      if (!hasEnded()) {
        client.open();
        upstream.open();
        lifetime.rearm();
      }
    } catch (IOException | RuntimeException | Error e) {
      failed(e);
    }
  }

  /** Closes the stream with a close handshake. Any thread. */
  public void close(StreamResult why, CloseStatus with) {
    loop.execute(() -> beginClose(why, with));
  }

  /** Closes the stream after a delay, with code 1001. Any thread. */
  public void doom(StreamResult why, long delayMillis) {
    loop.execute(
        () -> {
          if (state == State.OPEN) {
            lifetime.doom(why, delayMillis);
          }
        });
  }

  /** Takes back a removal that has not come yet: the upstream is configured again. Any thread. */
  public void pardonRemoval() {
    loop.execute(lifetime::pardonRemoval);
  }

  /** The server closed the client's connection behind our back. Any thread. */
  public void clientClosed() {
    loop.execute(() -> failed(client, new IOException("closed by the server")));
  }

  /**
   * The client is gone; the upstream has a bounded time to take what it sent before, longer while
   * it takes some of it. Any thread.
   */
  public void clientLost() {
    loop.execute(
        () -> {
          if (!hasEnded()) {
            hungUp();
          }
        });
  }

  /** Notes that the deployment that opened the stream is gone. Any thread. */
  public void orphan() {
    orphaned = true;
  }

  void beginClose(StreamResult why, CloseStatus with) {
    if (state != State.OPEN) {
      return;
    }
    state = State.CLOSING;
    if (!client.hasSeenClose() && !upstream.hasSeenClose()) {
      result = why;
      status = with;
    }
    if (!spec.webSocket()) {
      end("");
      return;
    }
    try {
      sendCloseFrames(with);
    } catch (RuntimeException | Error e) {
      failed(e);
    }
  }

  private void sendCloseFrames(CloseStatus with) {
    lifetime.endAfter(spec.closeGraceMillis());
    client.close(with);
    upstream.close(with);
    client.open();
    upstream.open();
    progressed();
  }

  /** A frame breaks a limit or the protocol. */
  void violated(CloseStatus violation) {
    beginClose(StreamResult.ERROR, violation);
  }

  /** A close frame went through; after the second one the peers get a bounded time to hang up. */
  void closeFrameSeen() {
    if (state == State.OPEN && status.equals(CloseStatus.WITHOUT_FRAME)) {
      status = client.hasSeenClose() ? client.scanner().close() : upstream.scanner().close();
      result = StreamResult.CLOSED;
    }
    if (!hasEnded() && client.hasSeenClose() && upstream.hasSeenClose()) {
      lifetime.endAfter(spec.closeGraceMillis());
    }
    progressed();
  }

  /** Something ended or was flushed: looks whether that was all. */
  void progressed() {
    if (hasEnded()) {
      return;
    }
    boolean handshakeDone = isClosing() && client.closeDone() && upstream.closeDone();
    boolean finishing = client.finishing() && upstream.finishing();
    boolean halfClosed = spec.webSocket() && (client.hasReadEnded() || upstream.hasReadEnded());
    if (handshakeDone || (client.done() && upstream.done())) {
      end("");
    } else if (finishing || halfClosed) {
      lifetime.endAfter(spec.closeGraceMillis());
    }
  }

  /** The time for an answer is over; peers that hang up by themselves may first drain. */
  void endOfGrace(long since) {
    if (!isClosing() && (client.drainingSince(since) || upstream.drainingSince(since))) {
      lifetime.extendGrace(spec.closeGraceMillis());
      return;
    }
    end(isClosing() ? "no answer to the close frame in time" : "");
  }

  /** A side cannot be written to; the stream ends when what that side sent before is through. */
  void unwritable(Leg side, IOException cause) {
    if (hasEnded()) {
      return;
    }
    note(side, cause);
    if (state == State.OPEN && !spec.webSocket()) {
      result = StreamResult.ERROR;
    }
    lifetime.endAfter(spec.closeGraceMillis());
    progressed();
  }

  /** A side neither sends nor takes anything any more; the other one may finish. */
  void hungUp() {
    lifetime.endAfter(spec.closeGraceMillis());
  }

  /** A side's connection is broken. */
  void failed(Leg side, Throwable cause) {
    note(side, cause);
    fail();
  }

  /** A fault of neither side; whatever was to be done next may be lost with it. */
  void failed(Throwable cause) {
    note("", cause);
    fail();
  }

  private void fail() {
    if (hasEnded()) {
      return;
    }
    if (state == State.OPEN && !client.hasSeenClose() && !upstream.hasSeenClose()) {
      result = StreamResult.ERROR;
    }
    end("");
  }

  private void note(Leg side, Throwable cause) {
    note(side.equals(client) ? "client: " : "upstream: ", cause);
  }

  private void note(String where, Throwable cause) {
    if (trouble.isEmpty()) {
      trouble = where + (cause.getMessage() == null ? cause.toString() : cause.getMessage());
    }
  }

  private void end(String detail) {
    if (hasEnded()) {
      return;
    }
    if (state == State.OPEN && spec.webSocket() && status.equals(CloseStatus.WITHOUT_FRAME)) {
      result = StreamResult.ERROR;
    }
    state = State.ENDED;
    loop.cancel(lifetime);
    client.end();
    upstream.end();
    String reason = trouble.isEmpty() ? detail : trouble;
    try {
      listener.ended(this, new StreamEnd(result, status, reason, lifetime.age()));
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "CULVERT-H005 end of stream " + id + " not noted", e);
    }
  }

  boolean hasEnded() {
    return state == State.ENDED;
  }

  boolean isClosing() {
    return state == State.CLOSING;
  }

  Leg client() {
    return client;
  }

  Leg upstream() {
    return upstream;
  }

  /** The id; any thread, like all below. */
  public String id() {
    return id;
  }

  /** The deployment that opened the stream. */
  public long deployment() {
    return deployment;
  }

  /** What it was opened with. */
  public StreamSpec spec() {
    return spec;
  }

  /** Bytes from the client so far. */
  public long bytesToUpstream() {
    return client.bytes();
  }

  /** Bytes from the upstream so far. */
  public long bytesFromUpstream() {
    return upstream.bytes();
  }

  /** The stream as operators see it. */
  public StreamView view() {
    FrameScanner to = client.scanner();
    FrameScanner from = upstream.scanner();
    return new StreamView(
        id,
        spec.application(),
        spec.route(),
        spec.upstream(),
        spec.address(),
        spec.user(),
        spec.client(),
        state == State.OPEN ? "open" : "closing",
        spec.webSocket(),
        spec.detached(),
        orphaned,
        openedAt,
        client.bytes(),
        upstream.bytes(),
        to == null ? 0 : to.frames(),
        from == null ? 0 : from.frames(),
        to == null ? 0 : to.messages(),
        from == null ? 0 : from.messages());
  }
}
