package dev.culvert.route;

import dev.culvert.boundary.HostBoundary;
import dev.culvert.config.Settings;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.Headers;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A gateway with a route in mode {@code turns}, whose upstream has an account; without a server.
 */
final class TurnRouteRig implements AutoCloseable {

  final Settings settings =
      TestSettings.of(
          "culvert.routes.chat.mode", "turns",
          "culvert.upstreams.up.accounts", "acme",
          "culvert.accounts.acme.header.Authorization", "Bearer acme");
  final Gateway gateway;

  /**
   * @param host what the host answers, by method
   */
  TurnRouteRig(Map<String, Function<Object[], Object>> host) {
    gateway = new Gateway("app", Stub.of(HostBoundary.class, host), settings, () -> settings);
  }

  /** Makes turns of an anonymous caller's requests, who shows these headers. */
  TurnStarter starter(String... namesAndValues) {
    ClientRequest request =
        new ClientRequest(
            "POST",
            "/chat/responses",
            Optional.empty(),
            "HTTP/1.1",
            "http",
            Headers.of(namesAndValues),
            InetAddress.getLoopbackAddress(),
            true);
    return new TurnStarter(gateway, settings, settings.routes().get("chat"), request, "");
  }

  @Override
  public void close() {
    gateway.stop();
  }
}
