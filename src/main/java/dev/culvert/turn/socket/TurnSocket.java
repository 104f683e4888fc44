package dev.culvert.turn.socket;

import dev.culvert.config.Preset;
import dev.culvert.endpoint.ClientEnd;
import dev.culvert.endpoint.CloseCodes;
import dev.culvert.endpoint.SessionEvents;
import dev.culvert.provider.Timer;
import dev.culvert.thread.WriteGuard;
import dev.culvert.turn.ErrorEvent;
import dev.culvert.turn.Turn;
import dev.culvert.turn.TurnEnd;
import dev.culvert.turn.TurnMaker;
import dev.culvert.turn.UnderWay;
import jakarta.json.JsonValue;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A client's WebSocket on a route in mode {@code turns}, from the handshake to its end. Each text
 * message of the client asks for a turn; what it gets wrong is answered with an error event, and
 * the socket stays. Its end aborts the turns that are under way. Any thread.
 */
public final class TurnSocket implements SessionEvents, UnderWay, SocketLife.Watched {

  private static final String RESTART = "service restart";

  private enum State {
    /** The session has not opened yet. */
    AWAITED,
    OPEN,
    /** It ends with its last turn. */
    DRAINING,
    CLOSED
  }

  private final Preset preset;
  private final SocketLife life;
  private final WriteGuard guard;
  private final Executor executor;
  private final Consumer<TurnSocket> whenEnded;
  private final Lanes lanes = new Lanes();

  /** Of the thread that brings the messages. */
  private final SocketRequests requests;

  /** Both set once, when the session opens. */
  private volatile ClientEnd client;

  private volatile SocketWriter writer;

  // Guarded by this.
  private State state = State.AWAITED;
  private boolean sessionClosed;
  private int endCode;
  private String endReason = "";
  private boolean finished;

  /**
   * A socket whose session has not opened yet.
   *
   * @param preset of the upstream's protocol
   * @param guard bounds the writes to this client
   * @param timer whose tasks may block
   * @param executor runs what may block and comes from a thread that must not
   * @param whenEnded told once, when the session is closed and the last turn over, or when there
   *     will be no session
   */
  public TurnSocket(
      TurnMaker maker,
      Preset preset,
      SocketLimits limits,
      WriteGuard guard,
      Timer timer,
      Executor executor,
      Consumer<TurnSocket> whenEnded) {
    this.requests = new SocketRequests(this, maker, preset);
    this.preset = preset;
    this.life = new SocketLife(limits, timer, System::nanoTime, this);
    this.guard = guard;
    this.executor = executor;
    this.whenEnded = whenEnded;
  }

  /** Takes the session; empty when the socket has ended meanwhile, and the session is closed. */
  public Optional<SessionEvents> open(ClientEnd session) {
    synchronized (this) {
      if (state == State.AWAITED) {
        client = session;
        writer =
            new SocketWriter(
                session, guard, fault -> end(CloseCodes.UNEXPECTED, fault.getMessage()));
        state = State.OPEN;
      }
    }
    if (client == null) {
      session.close(endCode, endReason);
      return Optional.empty();
    }
    life.begin();
    return Optional.of(this);
  }

  /** There will be no session. */
  public void abandon() {
    end(CloseCodes.GOING_AWAY, "no session");
  }

  @Override
  public void text(String piece, boolean last) {
    life.heard();
    requests.text(piece, last);
  }

  /** RFC 6455 section 7.4.1: a type of data that cannot be accepted. */
  @Override
  public void binary(ByteBuffer piece, boolean last) {
    end(CloseCodes.WRONG_TYPE, "binary message (expected: text)");
  }

  @Override
  public void pong() {
    life.answered();
  }

  /** Takes the lane of a turn, if the socket takes turns up and none has it. */
  synchronized Lanes.Entry enter(SocketTurn turn) {
    return state == State.OPEN ? lanes.enter(turn) : Lanes.Entry.ENDING;
  }

  /** Tells a request that becomes no turn why; who asks faster than he reads is held up. */
  void refuse(TurnEnd.Refused refused, Optional<JsonValue> lane) {
    send(() -> {}, ErrorEvent.of(refused, preset, lane));
  }

  /** A turn is over that the client is to be told of. */
  void leave(SocketTurn turn, TurnEnd.Refused refused, Optional<JsonValue> lane) {
    writer.sendSoon(() -> leave(turn), ErrorEvent.of(refused, preset, lane));
    life.told();
  }

  /**
   * Sends a message; a client that does not take it ends the socket.
   *
   * @param before done when it is the message's turn
   */
  void send(Runnable before, String text) {
    writer.sendInTurn(before, text);
    life.told();
  }

  /** Has a turn begin on this thread. */
  void start(Turn turn) {
    turn.start(executor);
  }

  /** Runs a task that this thread is not to do. */
  void elsewhere(Runnable task) {
    executor.execute(task);
  }

  void free(SocketTurn turn) {
    lanes.free(turn);
  }

  void leave(SocketTurn turn) {
    lanes.leave(turn);
    endIfDrained();
    finishIfOver();
  }

  @Override
  public void closed(int code, String reason) {
    if (beginEnd(code, reason)) {
      endTurns();
      sessionIsClosed();
    }
  }

  @Override
  public synchronized void refuseNew() {
    state = state == State.OPEN ? State.DRAINING : state;
  }

  @Override
  public void drain() {
    boolean awaited;
    synchronized (this) {
      refuseNew();
      awaited = state == State.AWAITED;
    }
    if (awaited) {
      restart();
    }
    endIfDrained();
  }

  private void endIfDrained() {
    boolean drained;
    synchronized (this) {
      drained = state == State.DRAINING && lanes.isEmpty();
    }
    if (drained) {
      restart();
    }
  }

  private void restart() {
    end(CloseCodes.RESTART, RESTART);
  }

  @Override
  public void cutOff(String detail) {
    drain();
    lanes.underWay().forEach(turn -> turn.stop(running -> running.cutOff(detail)));
  }

  @Override
  public int turns() {
    return lanes.underWay().size();
  }

  @Override
  public boolean isBusy() {
    return !lanes.isEmpty();
  }

  @Override
  public void ping() {
    writer.ping();
  }

  /** Ends the socket and aborts its turns; nothing happens when it has ended. */
  @Override
  public void end(int code, String reason) {
    if (!beginEnd(code, reason)) {
      return;
    }
    endTurns();
    if (client == null) {
      sessionIsClosed();
    } else {
      writer.close(code, reason, this::sessionIsClosed);
    }
  }

  private synchronized boolean beginEnd(int code, String reason) {
    if (state == State.CLOSED) {
      return false;
    }
    state = State.CLOSED;
    endCode = code;
    endReason = reason;
    return true;
  }

  private void endTurns() {
    life.end();
    lanes.underWay().forEach(turn -> turn.stop(Turn::abort));
  }

  private void sessionIsClosed() {
    synchronized (this) {
      sessionClosed = true;
    }
    requests.close();
    finishIfOver();
  }

  private void finishIfOver() {
    synchronized (this) {
      if (finished || !sessionClosed || !lanes.isEmpty()) {
        return;
      }
      finished = true;
    }
    try {
      if (client != null) {
        client.done();
      }
    } finally {
      whenEnded.accept(this);
    }
  }
}
