package dev.culvert.route;

import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.turn.Turn;
import dev.culvert.turn.TurnBody;
import dev.culvert.turn.TurnClient;
import dev.culvert.turn.TurnEnd;
import dev.culvert.turn.TurnMaker;
import java.util.Optional;

/**
 * Makes the turns of a client's WebSocket. Each follows the configuration of its moment: the socket
 * may outlive accounts and upstreams.
 *
 * @param route name
 * @param request the client's handshake
 * @param user name of the caller, empty when anonymous
 */
record SocketTurnMaker(Gateway gateway, String route, ClientRequest request, String user)
    implements TurnMaker {

  @Override
  public Optional<Turn> prepare(TurnBody body, String frame, TurnClient client) {
    Settings settings = gateway.configuration().settings();
    Route current = settings.routes().get(route);
    if (current == null || current.mode() != Route.Mode.TURNS) {
      client.ended(TurnEnd.Refused.of(503, "no_upstream", "route: not there any more"));
      return Optional.empty();
    }
    return new TurnStarter(gateway, settings, current, request, user)
        .prepare(body, frame, () -> client);
  }
}
