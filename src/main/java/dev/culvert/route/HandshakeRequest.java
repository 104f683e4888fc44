package dev.culvert.route;

import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.handshake.ClientHandshake;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.ForwardedClient;

/**
 * What a client of a stream asks for, found to be in order.
 *
 * @param settings in force when it came
 */
record HandshakeRequest(
    Settings settings,
    Route route,
    ClientRequest request,
    ForwardedClient client,
    ClientHandshake.Accepted accepted) {

  /** Of the protocol that the client wants to go over to. */
  String token() {
    return accepted.token();
  }
}
