package dev.culvert.route;

import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.config.TurnRules;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.Refusal;
import dev.culvert.turn.EventReader;
import dev.culvert.turn.HostSlots;
import dev.culvert.turn.HttpAnswer;
import dev.culvert.turn.JsonClient;
import dev.culvert.turn.SseClient;
import dev.culvert.turn.Turn;
import dev.culvert.turn.TurnBody;
import dev.culvert.turn.TurnClient;
import dev.culvert.turn.TurnEnd;
import dev.culvert.turn.TurnReport;
import dev.culvert.turn.TurnRequest;
import dev.culvert.turn.TurnTimer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes turns of requests, by the configuration of one moment.
 *
 * @param user name of the caller, empty when anonymous
 */
record TurnStarter(
    Gateway gateway, Settings settings, Route route, ClientRequest request, String user) {

  static final TurnEnd NO_ROUTE =
      TurnEnd.Refused.of(503, "no_upstream", "route: not there any more");

  /** One that goes by the configuration of now; empty when the route is there no more. */
  static Optional<TurnStarter> now(
      Gateway gateway, String route, ClientRequest request, String user) {
    Settings settings = gateway.configuration().settings();
    return Optional.ofNullable(settings.routes().get(route))
        .filter(current -> current.mode() == Route.Mode.TURNS)
        .map(current -> new TurnStarter(gateway, settings, current, request, user));
  }

  /**
   * A turn that has not begun; empty when the request was answered instead. The body may have taken
   * its time; accounts that were removed meanwhile are not used.
   *
   * @param abort ends the turn when the client has gone
   */
  Optional<Turn> prepare(byte[] bytes, HttpAnswer answer, Runnable abort) {
    Optional<TurnBody> body = TurnBody.read(new String(bytes, StandardCharsets.UTF_8));
    if (body.isEmpty()) {
      String detail = "body: not JSON (expected: a JSON object)";
      new JsonClient(answer).ended(TurnEnd.Refused.of(400, "invalid_json", detail));
      return Optional.empty();
    }
    Optional<TurnStarter> current = now(gateway, route.name(), request, user);
    if (current.isEmpty()) {
      new JsonClient(answer).ended(NO_ROUTE);
      return Optional.empty();
    }
    TurnRules rules = current.get().route.turn();
    TurnTimer timer = gateway.turns().threads().timer();
    return current
        .get()
        .prepare(
            body.get(),
            body.get().frame(rules.preset()),
            () ->
                body.get().stream()
                    ? SseClient.begin(answer, timer, System::nanoTime, rules.heartbeat(), abort)
                    : new JsonClient(answer));
  }

  /**
   * A turn that has not begun; empty when the client was told why there is none.
   *
   * @param frame that asks the upstream
   * @param client made last, since its silence may be watched from then on
   */
  Optional<Turn> prepare(TurnBody body, String frame, Supplier<TurnClient> client) {
    Optional<Upstream> upstream =
        route.upstreams().stream()
            .map(settings.upstreams()::get)
            .filter(Upstream::enabled)
            .findFirst();
    if (upstream.isEmpty()) {
      client.get().ended(TurnEnd.Refused.of(503, "no_upstream", "upstreams: all are disabled"));
      return Optional.empty();
    }
    TurnTarget target = TurnTarget.of(this, upstream.get(), body);
    if (target instanceof TurnTarget.None none) {
      Refusal refusal = none.refusal();
      client.get().ended(TurnEnd.Refused.of(refusal.status(), "bad_request", refusal.detail()));
      return Optional.empty();
    }
    return Optional.of(turn(body, frame, (TurnTarget.Found) target, client));
  }

  private Turn turn(
      TurnBody body, String frame, TurnTarget.Found target, Supplier<TurnClient> client) {
    TurnRules rules = route.turn();
    TurnRequest asked = new TurnRequest(frame, body.previousResponse(), rules.replayable());
    EventReader reader = gateway.turns().reader(rules.preset());
    return new Turn(
        new HostSlots(gateway.host(), gateway.deployment(), target.slot()),
        rules.preset(),
        reader,
        asked,
        new TurnReport(
            client.get(),
            target.labels(),
            rules.preset(),
            new HostBooks(gateway),
            System::nanoTime),
        gateway.turns().threads().timer());
  }
}
