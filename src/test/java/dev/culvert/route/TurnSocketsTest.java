package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.config.Preset;
import dev.culvert.handshake.Outcome;
import dev.culvert.handshake.Refusal;
import dev.culvert.turn.RequestMemory;
import dev.culvert.turn.Turn;
import dev.culvert.turn.TurnBody;
import dev.culvert.turn.TurnClient;
import dev.culvert.turn.TurnMaker;
import dev.culvert.turn.socket.SocketLimits;
import dev.culvert.turn.socket.TurnSocket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The clients' WebSockets of a deployment; here none has a session yet. */
class TurnSocketsTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private final Turns turns = new Turns(Duration.ofSeconds(10), LONG);
  private final TurnSockets sockets = turns.sockets();
  private final AtomicInteger ends = new AtomicInteger();

  @AfterEach
  void close() {
    turns.close();
  }

  private TurnSocket socket() {
    return new TurnSocket(
        new NoTurns(),
        Preset.OPENAI_RESPONSES,
        new SocketLimits(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO),
        turns.guard(LONG),
        turns.threads().timer(),
        turns.threads(),
        ended -> {
          ends.incrementAndGet();
          sockets.leave(ended);
        });
  }

  private Optional<Refusal> enter(TurnSocket socket, String route, String session, int most) {
    return sockets.enter(socket, new TurnSockets.Holder(route, session), most);
  }

  @Test
  void aRouteHasNoMoreThanItMay() {
    TurnSocket first = socket();
    assertThat(enter(first, "a", "", 1)).isEmpty();
    assertThat(enter(socket(), "b", "", 1)).as("another route").isEmpty();

    assertThat(enter(socket(), "a", "", 1))
        .hasValueSatisfying(
            refusal -> {
              assertThat(refusal.outcome()).isEqualTo(Outcome.LIMIT);
              assertThat(refusal.status()).isEqualTo(503);
            });
    first.abandon();
    assertThat(enter(socket(), "a", "", 1)).isEmpty();
  }

  @Test
  void theEndOfASessionEndsItsSockets() {
    assertThat(enter(socket(), "a", "one", 0)).isEmpty();
    assertThat(enter(socket(), "a", "two", 0)).isEmpty();
    assertThat(enter(socket(), "b", "one", 0)).isEmpty();

    sockets.sessionEnded("one");

    await("the end of two").until(() -> ends.get() == 2);
    sockets.sessionEnded("two");
    await("the end of the third").until(() -> ends.get() == 3);
  }

  @Test
  void theEndOfTheDeploymentEndsThemAllAndTakesInNoOther() {
    assertThat(enter(socket(), "a", "", 0)).isEmpty();

    turns.close();

    assertThat(ends).hasValue(1);
    assertThat(enter(socket(), "a", "", 0))
        .hasValueSatisfying(
            refusal -> assertThat(refusal.outcome()).isEqualTo(Outcome.UNAVAILABLE));
  }

  @Test
  void aSocketOutlivesItsRouteAndSaysSo() {
    try (TurnRouteRig rig = new TurnRouteRig(Map.of("deploy", arguments -> 7L))) {
      RefusedClient client = new RefusedClient();

      assertThat(
              new SocketTurnMaker(rig.gateway, "gone", rig.starter().caller())
                  .prepare(RefusedClient.body(), "{}", client))
          .isEmpty();

      assertThat(client.refused().status()).isEqualTo(503);
      assertThat(client.refused().code()).isEqualTo("no_upstream");
    }
  }

  private final class NoTurns implements TurnMaker {
    @Override
    public Optional<Turn> prepare(TurnBody body, String frame, TurnClient client) {
      return Optional.empty();
    }

    @Override
    public RequestMemory memory() {
      return turns.memory();
    }
  }
}
