package dev.culvert.route;

import dev.culvert.turn.RequestMemory;
import dev.culvert.turn.Turn;
import dev.culvert.turn.TurnBody;
import dev.culvert.turn.TurnClient;
import dev.culvert.turn.TurnMaker;
import dev.culvert.turn.TurnReport;
import java.util.Optional;

/**
 * Makes the turns of a client's WebSocket. Each follows the configuration of its moment: the socket
 * may outlive accounts and upstreams.
 *
 * @param route name
 * @param caller as its handshake said
 */
record SocketTurnMaker(Gateway gateway, String route, TurnCaller caller) implements TurnMaker {

  @Override
  public Optional<Turn> prepare(TurnBody body, String frame, TurnClient client) {
    Optional<TurnStarter> current = TurnStarter.now(gateway, route, caller);
    if (current.isEmpty()) {
      refused();
      client.ended(TurnStarter.NO_ROUTE);
    }
    return current.map(starter -> starter.prepare(body, frame, true, () -> client));
  }

  @Override
  public RequestMemory memory() {
    return gateway.turns().memory();
  }

  @Override
  public void refused() {
    TurnReport.countRefused(new HostBooks(gateway), route);
  }
}
