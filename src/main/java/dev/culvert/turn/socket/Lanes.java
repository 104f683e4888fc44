package dev.culvert.turn.socket;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The turns of one client's WebSocket: at most one in each lane. A lane is free for the next
 * request before the client sees the end of its turn; the turn is under way until it has been told.
 * Any thread.
 */
final class Lanes {

  // All guarded by this.
  private final Map<String, SocketTurn> taken = new HashMap<>();
  private final Set<SocketTurn> underWay = new HashSet<>();

  /** Takes the lane of a turn; false when another turn has it. */
  synchronized boolean enter(SocketTurn turn) {
    if (taken.putIfAbsent(turn.lane(), turn) != null) {
      return false;
    }
    underWay.add(turn);
    return true;
  }

  /** The turn's last event is about to be sent. */
  synchronized void free(SocketTurn turn) {
    taken.remove(turn.lane(), turn);
  }

  /** The turn is over. */
  synchronized void leave(SocketTurn turn) {
    free(turn);
    underWay.remove(turn);
  }

  synchronized List<SocketTurn> underWay() {
    return List.copyOf(underWay);
  }

  synchronized boolean isEmpty() {
    return underWay.isEmpty();
  }
}
