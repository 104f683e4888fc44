package dev.culvert.route;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.HostBoundary;
import dev.culvert.boundary.SlotSpec;
import dev.culvert.boundary.TlsSpec;
import dev.culvert.config.PoolRules;
import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.config.TurnRules;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.Refusal;
import dev.culvert.handshake.SocketRequest;
import dev.culvert.turn.ConversationNames;
import dev.culvert.turn.HostSlots;
import dev.culvert.turn.HttpAnswer;
import dev.culvert.turn.JsonClient;
import dev.culvert.turn.SseClient;
import dev.culvert.turn.Turn;
import dev.culvert.turn.TurnBody;
import dev.culvert.turn.TurnClient;
import dev.culvert.turn.TurnEnd;
import dev.culvert.turn.TurnKey;
import dev.culvert.turn.TurnRequest;
import dev.culvert.turn.TurnTimer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes turns of requests: who asks, about which conversation, on which upstream.
 *
 * @param user name of the caller, empty when anonymous
 */
record TurnStarter(
    Gateway gateway, Settings settings, Route route, ClientRequest request, String user) {

  /**
   * A turn that has not begun; empty when the request was answered instead.
   *
   * @param abort ends the turn when the client has gone
   */
  Optional<Turn> prepare(byte[] bytes, HttpAnswer answer, Runnable abort) {
    Optional<TurnBody> body = TurnBody.read(new String(bytes, StandardCharsets.UTF_8));
    if (body.isEmpty()) {
      refuse(answer, 400, "invalid_json", "body: not JSON (expected: a JSON object)");
      return Optional.empty();
    }
    Optional<Upstream> upstream =
        route.upstreams().stream()
            .map(settings.upstreams()::get)
            .filter(Upstream::enabled)
            .findFirst();
    if (upstream.isEmpty()) {
      refuse(answer, 503, "no_upstream", "upstreams: all are disabled");
      return Optional.empty();
    }
    Upstream.Address address = upstream.get().addresses().get(0);
    SocketRequest socket = SocketRequest.build(request, route, address, Map.of());
    if (socket instanceof Refusal refusal) {
      refuse(answer, refusal.status(), "bad_request", refusal.detail());
      return Optional.empty();
    }
    SocketRequest.Ready ready = (SocketRequest.Ready) socket;
    TurnKey key = key(body.get(), ready);
    SlotSpec slot = slot(upstream.get(), address, ready, key);
    return Optional.of(turn(body.get(), slot, answer, abort));
  }

  private static void refuse(HttpAnswer answer, int status, String code, String detail) {
    new JsonClient(answer).ended(TurnEnd.Refused.of(status, code, detail));
  }

  private TurnKey key(TurnBody body, SocketRequest.Ready socket) {
    List<String> shown = socket.passed().fields().stream().map(Headers.Field::value).toList();
    String principal = TurnKey.principal(user, shown);
    HostBoundary host = gateway.host();
    String conversation =
        new ConversationNames(route.turn().conversation())
            .conversation(
                body,
                name -> request.headers().values(name).stream().findFirst(),
                id -> Optional.ofNullable(host.conversation(gateway.deployment(), principal, id)));
    return new TurnKey(principal, conversation, ConversationNames.variant(body));
  }

  private static SlotSpec slot(
      Upstream upstream, Upstream.Address address, SocketRequest.Ready socket, TurnKey key) {
    Map<String, Object> tls =
        upstream
            .tls()
            .filter(settings -> address.secure())
            .map(settings -> new TlsSpec(settings.context(), settings.serverNameAt(address)))
            .map(Fields::of)
            .orElse(null);
    return new SlotSpec(
        "",
        "",
        key.principal(),
        "upstream:" + upstream.name(),
        key.conversation(),
        key.variant(),
        socket.url(),
        socket.entries(),
        tls);
  }

  private Turn turn(TurnBody body, SlotSpec slot, HttpAnswer answer, Runnable abort) {
    TurnRules rules = route.turn();
    TurnTimer timer = gateway.turns().threads().timer();
    TurnRequest asked =
        new TurnRequest(
            body.frame(rules.preset()),
            body.previousResponse(),
            rules.replayable(),
            PoolRules.DEFAULTS.responseStartTimeout());
    TurnClient client;
    if (body.stream()) {
      SseClient events = new SseClient(answer, timer, rules.heartbeat(), abort);
      events.begin();
      client = events;
    } else {
      client = new JsonClient(answer);
    }
    return new Turn(
        new HostSlots(gateway.host(), gateway.deployment(), slot),
        rules.preset(),
        gateway.turns().reader(rules.preset()),
        asked,
        client,
        timer);
  }
}
