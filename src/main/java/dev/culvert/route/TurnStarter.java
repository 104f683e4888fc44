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

/**
 * Makes turns of requests.
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
    TurnTarget target = TurnTarget.of(this, upstream.get(), body.get());
    if (target instanceof TurnTarget.None none) {
      Refusal refusal = none.refusal();
      refuse(answer, refusal.status(), "bad_request", refusal.detail());
      return Optional.empty();
    }
    return Optional.of(turn(body.get(), (TurnTarget.Found) target, answer, abort));
  }

  private static void refuse(HttpAnswer answer, int status, String code, String detail) {
    new JsonClient(answer).ended(TurnEnd.Refused.of(status, code, detail));
  }

  private Turn turn(TurnBody body, TurnTarget.Found target, HttpAnswer answer, Runnable abort) {
    TurnRules rules = route.turn();
    TurnTimer timer = gateway.turns().threads().timer();
    TurnRequest asked =
        new TurnRequest(body.frame(rules.preset()), body.previousResponse(), rules.replayable());
    EventReader reader = gateway.turns().reader(rules.preset());
    // Last, since its heartbeats begin here.
    TurnClient client =
        body.stream()
            ? SseClient.begin(answer, timer, System::nanoTime, rules.heartbeat(), abort)
            : new JsonClient(answer);
    return new Turn(
        new HostSlots(gateway.host(), gateway.deployment(), target.slot()),
        rules.preset(),
        reader,
        asked,
        new TurnReport(
            client, target.labels(), rules.preset(), new HostBooks(gateway), System::nanoTime),
        timer);
  }
}
