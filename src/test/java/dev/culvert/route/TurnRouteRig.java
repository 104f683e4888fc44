package dev.culvert.route;

import dev.culvert.boundary.HostBoundary;
import dev.culvert.boundary.SlotSpec;
import dev.culvert.config.Settings;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.RequestFeatures;
import dev.culvert.turn.TurnBody;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A gateway with a route in mode {@code turns}; without a server. The upstream has an account,
 * unless said otherwise.
 */
final class TurnRouteRig implements AutoCloseable {

  private static final String[] ACCOUNT = {
    "culvert.upstreams.up.accounts", "acme",
    "culvert.accounts.acme.header.Authorization", "Bearer acme"
  };

  final Settings settings;
  final Gateway gateway;

  /**
   * @param host what the host answers, by method
   */
  TurnRouteRig(Map<String, Function<Object[], Object>> host) {
    this(host, ACCOUNT);
  }

  /**
   * @param host what the host answers, by method
   * @param keysAndValues of the configuration, in place of the account
   */
  TurnRouteRig(Map<String, Function<Object[], Object>> host, String... keysAndValues) {
    List<String> all = new ArrayList<>(List.of("culvert.routes.chat.mode", "turns"));
    all.addAll(List.of(keysAndValues));
    settings = TestSettings.of(all.toArray(String[]::new));
    Map<String, Function<Object[], Object>> answers = new HashMap<>(host);
    answers.putIfAbsent("salt", arguments -> "salt");
    gateway = new Gateway("app", Stub.of(HostBoundary.class, answers), settings, () -> settings);
  }

  /** Makes turns of an anonymous caller's requests, who shows these headers. */
  TurnStarter starter(String... namesAndValues) {
    return starterOf("", namesAndValues);
  }

  /** Makes turns of a user's requests, who shows these headers. */
  TurnStarter starterOf(String user, String... namesAndValues) {
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
    TurnCaller caller =
        new TurnCaller(
            request, user, Set.of(), new RequestFeatures(request.headers(), "127.0.0.1", user));
    return new TurnStarter(gateway, settings, settings.routes().get("chat"), caller);
  }

  /** The slot at the only upstream that a turn asks for. */
  SlotSpec slot(TurnStarter starter, TurnBody body) {
    Upstream upstream = settings.upstreams().get("up");
    TurnTarget target =
        TurnTarget.of(
            starter,
            TurnIdentity.of(starter, body),
            upstream,
            upstream.addresses().get(0),
            body.previousResponse());
    return ((TurnTarget.Found) target).slot();
  }

  @Override
  public void close() {
    gateway.stop();
  }
}
