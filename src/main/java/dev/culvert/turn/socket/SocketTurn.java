package dev.culvert.turn.socket;

import dev.culvert.turn.Event;
import dev.culvert.turn.Turn;
import dev.culvert.turn.TurnClient;
import dev.culvert.turn.TurnEnd;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** One turn of a client's WebSocket: gets each event as a message, as the upstream sent it. */
final class SocketTurn implements TurnClient {

  private static final int BAD_GATEWAY = 502;

  private final TurnSocket socket;
  private final Optional<JsonValue> lane;

  // Guarded by this.
  private Optional<Turn> turn = Optional.empty();
  private Optional<Consumer<Turn>> stop = Optional.empty();
  private boolean over;

  /**
   * @param lane as the client named it
   */
  SocketTurn(TurnSocket socket, Optional<JsonValue> lane) {
    this.socket = socket;
    this.lane = lane;
  }

  /** What lanes are told apart by. */
  String lane() {
    return lane.map(JsonValue::toString).orElse("");
  }

  void begin(Turn prepared) {
    Optional<Consumer<Turn>> stopped;
    synchronized (this) {
      turn = Optional.of(prepared);
      stopped = stop;
    }
    stopped.ifPresent(how -> how.accept(prepared));
    socket.start(prepared);
  }

  /** Ends the turn in this way, now or as soon as it is there. */
  void stop(Consumer<Turn> how) {
    Optional<Turn> running;
    synchronized (this) {
      stop = stop.or(() -> Optional.of(how));
      running = turn;
    }
    running.ifPresent(how);
  }

  @Override
  public void dispatched(String decision, Map<String, List<String>> upgradeHeaders) {
    // of no interest to the client
  }

  @Override
  public void events(List<Event> events) {
    events.forEach(this::send);
  }

  private void send(Event event) {
    boolean last = event.isTerminal();
    socket.send(last ? () -> socket.free(this) : () -> {}, event.text());
  }

  @Override
  public void ended(TurnEnd end) {
    if (!claimEnd()) {
      return;
    }
    if (end instanceof TurnEnd.Refused refused) {
      socket.leave(this, refused, lane);
    } else if (end instanceof TurnEnd.Broken broken) {
      String code = TurnEnd.DISCONNECTED;
      socket.leave(this, TurnEnd.Refused.of(BAD_GATEWAY, code, broken.detail()), lane);
    } else {
      socket.leave(this);
    }
  }

  /** A turn that failed as it began may have ended before. */
  private synchronized boolean claimEnd() {
    boolean first = !over;
    over = true;
    return first;
  }
}
