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

  /** Each turn may have an upstream socket and a request of 16 MiB. */
  static final int MOST = 8;

  /** What became of a turn that asked for its lane. */
  enum Entry {
    TAKEN,
    /** Another turn has it. */
    BUSY,
    /** There are as many turns as may be. */
    FULL,
    /** The socket ends. */
    ENDING
  }

  // All guarded by this.
  private final Map<String, SocketTurn> taken = new HashMap<>();
  private final Set<SocketTurn> underWay = new HashSet<>();

  /** Takes the lane of a turn. */
  synchronized Entry enter(SocketTurn turn) {
    if (taken.containsKey(turn.lane())) {
      return Entry.BUSY;
    }
    if (underWay.size() >= MOST) {
      return Entry.FULL;
    }
    taken.put(turn.lane(), turn);
    underWay.add(turn);
    return Entry.TAKEN;
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
