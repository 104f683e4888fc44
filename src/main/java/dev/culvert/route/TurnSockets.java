package dev.culvert.route;

import dev.culvert.endpoint.CloseCodes;
import dev.culvert.handshake.Outcome;
import dev.culvert.handshake.Refusal;
import dev.culvert.turn.socket.TurnSocket;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The clients' WebSockets of a deployment on routes in mode {@code turns}, those being opened
 * included. Safe for use by any thread.
 */
final class TurnSockets {

  /**
   * Who has a socket.
   *
   * @param session key of the HTTP session that it is not to outlive; empty = none
   */
  record Holder(String route, String session) {}

  private final Turns turns;

  // Both guarded by this.
  private final Map<TurnSocket, Holder> holders = new HashMap<>();
  private final Map<String, Set<TurnSocket>> routes = new HashMap<>();

  TurnSockets(Turns turns) {
    this.turns = turns;
  }

  /**
   * Takes a socket in, which is to be taken out at its end.
   *
   * @param most sockets that the route may have; 0 = no limit
   * @return why it was not taken in; empty when it was
   */
  Optional<Refusal> enter(TurnSocket socket, Holder holder, int most) {
    if (!add(socket, holder, most)) {
      String detail = "sockets: too many (expected: fewer than " + most + ")";
      return Optional.of(Refusal.later(Outcome.LIMIT, detail));
    }
    if (!turns.enter(socket)) {
      remove(socket);
      return Optional.of(Refusal.unavailable("deployment: ending"));
    }
    return Optional.empty();
  }

  private synchronized boolean add(TurnSocket socket, Holder holder, int most) {
    Set<TurnSocket> others = routes.computeIfAbsent(holder.route(), route -> new HashSet<>());
    if (most > 0 && others.size() >= most) {
      return false;
    }
    others.add(socket);
    holders.put(socket, holder);
    return true;
  }

  void leave(TurnSocket socket) {
    remove(socket);
    turns.leave(socket);
  }

  private synchronized void remove(TurnSocket socket) {
    Holder holder = holders.remove(socket);
    if (holder != null) {
      routes.get(holder.route()).remove(socket);
    }
  }

  /** Closes the sockets of a session; not by the server's thread, which ends sessions. */
  void sessionEnded(String session) {
    of(session)
        .forEach(
            socket ->
                turns
                    .threads()
                    .execute(() -> socket.end(CloseCodes.POLICY_VIOLATION, "session ended")));
  }

  private synchronized List<TurnSocket> of(String session) {
    return holders.entrySet().stream()
        .filter(entry -> entry.getValue().session().equals(session))
        .map(Map.Entry::getKey)
        .toList();
  }
}
