package dev.culvert.route;

import dev.culvert.config.HedgeRules;
import dev.culvert.config.Preset;
import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.config.TurnRules;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.Refusal;
import dev.culvert.provider.Ask;
import dev.culvert.provider.Attempt;
import dev.culvert.provider.Attempts;
import dev.culvert.provider.Credential;
import dev.culvert.provider.Timer;
import dev.culvert.turn.DispatchReport;
import dev.culvert.turn.HostSlots;
import dev.culvert.turn.HttpAnswer;
import dev.culvert.turn.InvalidRequest;
import dev.culvert.turn.JsonClient;
import dev.culvert.turn.RoutedTurn;
import dev.culvert.turn.SseClient;
import dev.culvert.turn.Turn;
import dev.culvert.turn.TurnBody;
import dev.culvert.turn.TurnClient;
import dev.culvert.turn.TurnEnd;
import dev.culvert.turn.TurnFrame;
import dev.culvert.turn.TurnReport;
import dev.culvert.turn.TurnRequest;
import dev.culvert.turn.UpstreamTurn;
import dev.culvert.turn.UpstreamTurns;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes turns of requests, by the configuration of one moment. */
record TurnStarter(Gateway gateway, Settings settings, Route route, TurnCaller caller) {

  static final TurnEnd NO_ROUTE =
      TurnEnd.Refused.of(503, TurnEnd.NO_UPSTREAM, "route: not there any more");

  /** One that goes by the configuration of now; empty when the route is there no more. */
  static Optional<TurnStarter> now(Gateway gateway, String route, TurnCaller caller) {
    Settings settings = gateway.configuration().settings();
    return Optional.ofNullable(settings.routes().get(route))
        .filter(current -> current.mode() == Route.Mode.TURNS)
        .map(current -> new TurnStarter(gateway, settings, current, caller));
  }

  /**
   * A turn that has not begun; empty when the request was answered instead. The body may have taken
   * its time; accounts that were removed meanwhile are not used.
   *
   * @param abort ends the turn when the client has gone
   */
  Optional<Turn> prepare(byte[] bytes, HttpAnswer answer, Runnable abort) {
    Optional<TurnStarter> current = now(gateway, route.name(), caller);
    if (current.isEmpty()) {
      refused();
      new JsonClient(answer).ended(NO_ROUTE);
      return Optional.empty();
    }
    try {
      String text = new String(bytes, StandardCharsets.UTF_8);
      TurnBody body = TurnBody.read(text);
      String frame = TurnFrame.of(text, current.get().route.turn().preset());
      return Optional.of(current.get().prepare(body, frame, answer, abort));
    } catch (InvalidRequest e) {
      refused();
      String detail = "body: " + e.getMessage();
      new JsonClient(answer).ended(TurnEnd.Refused.of(400, InvalidRequest.CODE, detail));
      return Optional.empty();
    }
  }

  /** Counts a request that becomes no turn. */
  void refused() {
    TurnReport.countRefused(new HostBooks(gateway), route.name());
  }

  private Turn prepare(TurnBody body, String frame, HttpAnswer answer, Runnable abort) {
    Timer timer = gateway.turns().threads().timer();
    Duration heartbeat = route.turn().heartbeat();
    return prepare(
        body,
        frame,
        body.stream(),
        () ->
            body.stream()
                ? SseClient.begin(answer, timer, System::nanoTime, heartbeat, abort)
                : new JsonClient(answer));
  }

  ClientRequest request() {
    return caller.request();
  }

  String user() {
    return caller.user();
  }

  /**
   * A turn that has not begun.
   *
   * @param frame that asks the upstream
   * @param streams whether the client is shown events as they come
   * @param client made last, since its silence may be watched from then on
   */
  Turn prepare(TurnBody body, String frame, boolean streams, Supplier<TurnClient> client) {
    TurnRules rules = route.turn();
    TurnIdentity identity = TurnIdentity.of(this, body);
    TurnRequest asked = new TurnRequest(frame, body.previousResponse(), rules.replayable());
    Optional<TurnPlace> owner = TurnPlace.of(this, identity);
    Attempts attempts = gateway.providers().attempts(route, ask(identity, owner));
    HostBooks books = new HostBooks(gateway);
    return new RoutedTurn(
        attempts,
        new Places(identity, owner, asked),
        asked,
        streams ? route.hedge() : HedgeRules.NONE,
        new TurnReport(client.get(), route.name(), rules.preset(), books, System::nanoTime),
        gateway.turns().threads().timer(),
        gateway.providerEvents());
  }

  private Ask ask(TurnIdentity identity, Optional<TurnPlace> owner) {
    return new Ask(
        identity.session(),
        caller.groups()::contains,
        caller.features(),
        owner.map(place -> place.upstream().name()));
  }

  /** The turn at whichever upstream was chosen. */
  private final class Places implements UpstreamTurns {
    private final TurnIdentity identity;
    private final Optional<TurnPlace> owner;
    private final TurnRequest asked;

    Places(TurnIdentity identity, Optional<TurnPlace> owner, TurnRequest asked) {
      this.identity = identity;
      this.owner = owner;
      this.asked = asked;
    }

    @Override
    public Credential shownTo(Upstream upstream) {
      return ShownCredential.of(route, upstream, request());
    }

    @Override
    public Optional<Turn> at(Attempt attempt, TurnClient client) {
      Upstream.Address address =
          owner.map(TurnPlace::address).orElseGet(() -> attempt.addresses().get(0));
      TurnTarget target =
          TurnTarget.of(
              TurnStarter.this, identity, attempt.upstream(), address, asked.previousResponse());
      if (target instanceof TurnTarget.None none) {
        Refusal refusal = none.refusal();
        client.ended(TurnEnd.Refused.of(refusal.status(), TurnEnd.BAD_REQUEST, refusal.detail()));
        return Optional.empty();
      }
      return Optional.of(turn((TurnTarget.Found) target, client));
    }

    private Turn turn(TurnTarget.Found target, TurnClient client) {
      Preset preset = route.turn().preset();
      return new UpstreamTurn(
          new HostSlots(gateway.host(), gateway.deployment(), target.slot()),
          preset,
          gateway.turns().reader(preset),
          asked,
          new DispatchReport(client, target.labels(), preset, new HostBooks(gateway)),
          gateway.turns().threads().timer(),
          route.limits().idleTimeout());
    }
  }
}
