package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.sim.Action;
import dev.culvert.sim.Script;
import dev.culvert.sim.Stage;
import dev.culvert.turn.TurnRig.Caller;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors that come before anything was shown become statuses. */
class EarlyErrorTest {

  private static final Map<String, Integer> STATUSES =
      Map.ofEntries(
          Map.entry("usage_limit_reached", 429),
          Map.entry("rate_limit_exceeded", 429),
          Map.entry("rate_limit_reached", 429),
          Map.entry("quota_exhausted", 402),
          Map.entry("payment_required", 402),
          Map.entry("unauthorized", 401),
          Map.entry("token_invalid", 401),
          Map.entry("token_expired", 401),
          Map.entry("account_deactivated", 401),
          Map.entry("forbidden", 403),
          Map.entry("account_banned", 403),
          Map.entry("banned", 403),
          Map.entry("previous_response_not_found", 400),
          Map.entry("server_is_overloaded", 503),
          Map.entry("server_error", 500));

  private static final String[] FORMS = {
    "{\"type\":\"error\",\"error\":{\"code\":\"%s\",\"type\":\"server_error\"}}",
    "{\"error\":{\"code\":null,\"type\":\"%s\"},\"type\":\"error\"}",
    "{\"type\":\"response.failed\",\"response\":{\"id\":\"r\",\"error\":{\"code\":\"%s\"}}}"
  };

  private static TurnRig rig;

  @BeforeAll
  static void start() throws IOException {
    rig = new TurnRig();
  }

  @AfterAll
  static void stop() throws IOException {
    rig.close();
  }

  static Stream<Arguments> codes() {
    return STATUSES.entrySet().stream()
        .flatMap(
            entry ->
                Stream.of(FORMS)
                    .map(
                        form ->
                            Arguments.of(
                                entry.getKey(), entry.getValue(), form.formatted(entry.getKey()))));
  }

  @ParameterizedTest
  @MethodSource("codes")
  void aKnownCodeIsAStatus(String code, int status, String event) throws Exception {
    rig.upstream.script(Script.fault(Stage.METADATA, new Action.Text(event)));

    RecordedClient client = rig.turn(Caller.ALICE.with("known"), "hello");

    assertThat(client.end())
        .isEqualTo(new TurnEnd.Refused(status, code, "upstream: " + code, Map.of(), event));
    assertThat(client.events).isEmpty();
    assertThat(rig.completed(Caller.ALICE.with("known"), "hello").decision()).startsWith("reuse:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"error\",\"error\":{\"code\":\"rate_limit_exceeded_soon\"}}",
        "{\"type\":\"error\",\"error\":{\"code\":\"Unauthorized\"}}",
        "{\"type\":\"error\",\"error\":{\"code\":\"invalid_prompt\",\"type\":\"server_error\"}}",
        "{\"type\":\"error\",\"error\":{\"message\":\"rate_limit_exceeded\"}}",
        "{\"type\":\"error\",\"error\":\"rate_limit_exceeded\"}",
        "{\"type\":\"error\"}"
      })
  void anyOtherCodePassesAsAnEvent(String event) throws Exception {
    rig.upstream.script(Script.fault(Stage.METADATA, new Action.Text(event)));

    RecordedClient client = rig.turn(Caller.ALICE.with("unknown"), "hello");

    assertThat(client.end()).isEqualTo(new TurnEnd.Completed("error"));
    assertThat(client.types()).containsExactly("response.created", "response.in_progress", "error");
    assertThat(client.events.get(2).text()).isEqualTo(event);
    assertThat(rig.completed(Caller.ALICE.with("unknown"), "hello").decision())
        .startsWith("reuse:");
  }

  @Test
  void aKnownCodeAfterOutputIsAnEvent() throws Exception {
    String event = FORMS[0].formatted("rate_limit_exceeded");
    rig.upstream.script(Script.fault(Stage.VISIBLE, new Action.Text(event)));

    RecordedClient client = rig.turn(Caller.ALICE.with("late"), "hello");

    assertThat(client.end()).isEqualTo(new TurnEnd.Completed("error"));
    assertThat(client.types()).endsWith("error");
  }

  @Test
  void aRateLimitEventIsNoError() throws Exception {
    rig.upstream.script(
        Script.fault(Stage.METADATA, new Action.Text(FORMS[0].formatted("usage_limit_reached")))
            .withRateLimits());

    RecordedClient client = rig.turn(Caller.ALICE.with("limits"), "hello");

    assertThat(client.end()).isInstanceOf(TurnEnd.Refused.class);
    assertThat(client.events).isEmpty();
  }
}
