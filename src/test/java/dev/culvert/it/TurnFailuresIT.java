package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.sim.Action;
import dev.culvert.sim.Script;
import dev.culvert.sim.Stage;
import dev.culvert.testkit.ServerExtension;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients get when their upstream fails, and what becomes of its sockets. */
@ExtendWith(ServerExtension.class)
class TurnFailuresIT extends SimulatedTurns {

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String DISCONNECTED = "\"code\":\"stream_disconnected\"";

  private static TurnPeer peer;
  private static TurnPeer replayable;
  private static TurnPeer lively;

  @BeforeAll
  static void deploy() throws IOException {
    peer = new TurnPeer(application, "/v1/responses");
    replayable = new TurnPeer(application, "/replayable/responses");
    lively = new TurnPeer(application, "/lively/responses");
    application.configure("mp.config.cache.duration", "0"); // the server caches for a minute
    application.deploy(
        Config.empty()
            .turns("v1", "llm", upstream.port())
            .turns("replayable", "llm", upstream.port())
            .onRoute("replayable", "turn.replayable", "true")
            .turns("lively", "llm", upstream.port())
            .onRoute("lively", "turn.heartbeat", "100ms")
            .turns("accounts", "shared", upstream.port())
            .set("upstreams.shared.accounts", "one, two")
            .set("accounts.one.header.Authorization", "Bearer 1")
            .set("accounts.two.header.Authorization", "Bearer 2")
            .set("pool.max-per-account", "2")
            .set("pool.response-start-timeout", "4s")
            .set("reload-interval", "0")
            .packed());
  }

  /** Waits until no connection of this test is left. */
  private void awaitNoConnection() {
    await("the end of the connection")
        .atMost(LIMIT)
        .until(() -> upstream.connections().stream().noneMatch(c -> c.number() > before));
  }

  @ParameterizedTest
  @ValueSource(strings = {"response.completed", "response.incomplete", "response.failed"})
  void every_last_event_frees_the_slot(String terminal) throws Exception {
    upstream.script(Script.ending(terminal));
    try (EventStream events = peer.stream(conversation)) {
      assertThat(events.types()).endsWith(terminal);
    }
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);

    assertThat(opened()).isEqualTo(1);
  }

  @Test
  void an_error_that_is_the_last_event_frees_the_slot() throws Exception {
    upstream.script(
        Script.fault(
            Stage.VISIBLE,
            new Action.Text("{\"type\":\"error\",\"error\":{\"code\":\"strange\"}}")));
    try (EventStream events = peer.stream(conversation)) {
      assertThat(events.types()).endsWith("response.output_text.delta", "error");
    }
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(opened()).isEqualTo(1);
  }

  @Test
  void a_dropped_socket_is_replaced() throws Exception {
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    newest().drop();
    awaitNoConnection();

    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(opened()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"FRAME", "METADATA"})
  void a_fresh_socket_that_closes_early_is_an_error(Stage stage) throws Exception {
    upstream.script(Script.fault(stage, new Action.Close(1011)));

    HttpResponse<String> answer = peer.ask(conversation);

    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).contains(DISCONNECTED);
    assertThat(opened()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"FRAME", "METADATA"})
  void a_reused_socket_that_closes_early_is_an_error_unless_the_turn_is_replayable(Stage stage)
      throws Exception {
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    upstream.script(Script.fault(stage, new Action.Close(1011)));
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(502);

    assertThat(replayable.ask(conversation).statusCode()).isEqualTo(200);
    upstream.script(Script.fault(stage, new Action.Close(1011)));
    int mark = application.server().log().mark();
    assertThat(replayable.ask(conversation).statusCode()).isEqualTo(200);

    assertThat(application.server().log().await(mark, "ws=retry-after-stale-reuse:", LIMIT))
        .contains("route=replayable");
    assertThat(opened()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void what_breaks_off_does_not_look_complete(boolean reused) throws Exception {
    if (reused) {
      assertThat(replayable.ask(conversation).statusCode()).isEqualTo(200);
    }
    upstream.script(Script.fault(Stage.VISIBLE, new Action.Drop()));
    try (EventStream events = replayable.stream(conversation)) {
      assertThat(events.status()).isEqualTo(200);
      EventStream.Event last = events.rest().stream().reduce((a, b) -> b).orElseThrow();
      assertThat(last.type()).isEqualTo("response.failed");
      assertThat(last.data()).contains(DISCONNECTED);
    }
    assertThat(opened()).isEqualTo(1);
  }

  @Test
  void a_close_behind_the_last_event_is_none_of_the_clients_business() throws Exception {
    upstream.script(Script.fault(Stage.TERMINAL, new Action.Close(1000)));

    try (EventStream events = peer.stream(conversation)) {
      assertThat(events.types()).endsWith("response.completed");
    }
  }

  @Test
  void a_binary_frame_is_an_error() throws Exception {
    upstream.script(Script.fault(Stage.METADATA, new Action.Binary()));

    assertThat(peer.ask(conversation).statusCode()).isEqualTo(502);
    awaitNoConnection();
  }

  @Test
  void a_silent_upstream_is_given_up() throws Exception {
    upstream.script(Script.fault(Stage.FRAME, new Action.Stall()));

    HttpResponse<String> answer = peer.ask(conversation);

    assertThat(answer.statusCode()).isEqualTo(504);
    assertThat(answer.body()).contains("response_start_timeout");
    awaitNoConnection();
  }

  @Test
  void an_upstream_without_life_settles_its_turn() throws Exception {
    reload("400ms");
    CountDownLatch gate = new CountDownLatch(1);
    upstream.script(Script.fault(Stage.VISIBLE, new Action.Wait(gate)));
    try (EventStream events = peer.stream(conversation)) {
      assertThat(events.await("response.output_text.delta")).isNotNull();
      newest().mute();

      assertThat(events.await("response.failed").data()).contains(DISCONNECTED);
    } finally {
      gate.countDown();
      reload("25s");
    }
  }

  private static void reload(String pingInterval) {
    application.configure("culvert.pool.ping-interval", pingInterval);
    assertThat(new Management(application.server()).streams().reload()).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "429 | {'type':'error','error':{'code':'rate_limit_exceeded'}}",
        "429 | {'type':'error','error':{'type':'usage_limit_reached'}}",
        "500 | {'type':'response.failed','response':{'error':{'code':'server_error'}}}",
        "503 | {'type':'error','error':{'code':'server_is_overloaded'}}"
      })
  void an_early_error_is_a_status(int status, String event) throws Exception {
    String text = event.replace('\'', '"');
    upstream.script(Script.only(text).withRateLimits(), Script.only(text));

    try (EventStream events = peer.stream(conversation)) {
      assertThat(events.status()).isEqualTo(status);
    }
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(status);
  }

  @Test
  void an_account_that_is_refused_is_evicted_and_rests() throws Exception {
    TurnPeer accounts = new TurnPeer(application, "/accounts/responses");
    assertThat(accounts.ask(conversation).statusCode()).isEqualTo(200);
    String first = newest().head().first("Authorization").orElseThrow();
    upstream.script(Script.only("{\"type\":\"error\",\"error\":{\"code\":\"token_expired\"}}"));
    int mark = application.server().log().mark();

    assertThat(accounts.ask(conversation).statusCode()).isEqualTo(401);

    assertThat(application.server().log().await(mark, "CULVERT-T004", LIMIT))
        .contains("status=401 evicted=1");
    awaitNoConnection();
    assertThat(accounts.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(accounts.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(newest().head().first("Authorization").orElseThrow()).isNotEqualTo(first);
    assertThat(opened()).isEqualTo(2);
  }

  @Test
  void a_code_that_only_looks_alike_is_an_event() throws Exception {
    upstream.script(
        Script.only("{\"type\":\"error\",\"error\":{\"code\":\"rate_limit_exceeded_x\"}}"));

    try (EventStream events = peer.stream(conversation)) {
      assertThat(events.status()).isEqualTo(200);
      assertThat(events.types()).containsExactly("error");
    }
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(opened()).isEqualTo(1);
  }

  @Test
  void an_upgrade_that_is_refused_is_its_status() throws Exception {
    upstream.refuse(429, "Retry-After: 7");

    HttpResponse<String> answer = peer.ask(conversation);

    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("Retry-After")).hasValue("7");
  }

  @Test
  void a_connection_that_has_reached_its_limit_is_renewed() throws Exception {
    upstream.script(
        Script.only(
            "{\"type\":\"error\",\"error\":{\"code\":\"websocket_connection_limit_reached\"}}"));

    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(opened()).isEqualTo(2);
  }

  @Test
  void a_client_that_goes_away_in_the_middle_ends_its_socket() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    upstream.script(Script.fault(Stage.VISIBLE, new Action.Wait(gate)));
    try (EventStream events = lively.stream(conversation)) {
      assertThat(events.await("response.output_text.delta")).isNotNull();
    }

    assertSocketEnds(gate);
  }

  @Test
  void a_client_that_goes_away_before_the_first_event_ends_its_socket() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    upstream.script(Script.fault(Stage.FRAME, new Action.Wait(gate)));
    try (EventStream events = lively.stream(conversation)) {
      assertThat(events.next().type()).isEqualTo(":");
    }

    assertSocketEnds(gate);
  }

  private void assertSocketEnds(CountDownLatch gate) throws Exception {
    await("the end of the socket")
        .atMost(LIMIT)
        .until(
            () ->
                Management.poolOf(application).list().stream()
                    .noneMatch(socket -> socket.conversation().equals("=" + conversation)));
    gate.countDown();
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(opened()).isEqualTo(2);
  }

  @Test
  void a_busy_conversation_has_another_socket() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    upstream.script(Script.fault(Stage.VISIBLE, new Action.Wait(gate)));
    try (EventStream busy = peer.stream(conversation)) {
      assertThat(busy.await("response.output_text.delta")).isNotNull();
      int mark = application.server().log().mark();

      assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);

      assertThat(application.server().log().await(mark, "ws=bypass\\(busy\\)", LIMIT)).isNotNull();
      gate.countDown();
      assertThat(busy.types()).endsWith("response.completed");
    }
  }

  @Test
  void a_continuation_of_a_busy_conversation_is_refused() throws Exception {
    String first = peer.ask(conversation).body().replaceAll("^\\{\"id\":\"([^\"]*)\".*", "$1");
    CountDownLatch gate = new CountDownLatch(1);
    upstream.script(Script.fault(Stage.VISIBLE, new Action.Wait(gate)));
    try (EventStream busy = peer.stream(conversation)) {
      assertThat(busy.await("response.output_text.delta")).isNotNull();
      int requests = upstream.requests().size();
      String body =
          TurnPeer.body(conversation, "x").add("previous_response_id", first).build().toString();

      assertThat(peer.post(body).statusCode()).isEqualTo(409);

      gate.countDown();
      assertThat(upstream.requests()).hasSize(requests);
      assertThat(opened()).isEqualTo(1);
    }
  }

  @Test
  void above_the_cap_turns_have_sockets_of_their_own_and_idle_ones_make_room() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    Script waiting = Script.fault(Stage.VISIBLE, new Action.Wait(gate));
    upstream.script(waiting, waiting);
    try (EventStream first = peer.stream(conversation + 1);
        EventStream second = peer.stream(conversation + 2)) {
      assertThat(first.await("response.output_text.delta")).isNotNull();
      assertThat(second.await("response.output_text.delta")).isNotNull();
      int mark = application.server().log().mark();
      assertThat(peer.ask(conversation + 3).statusCode()).isEqualTo(200);
      assertThat(application.server().log().await(mark, "ws=bypass\\(cap\\)", LIMIT)).isNotNull();
      gate.countDown();
      assertThat(first.types()).endsWith("response.completed");
      assertThat(second.types()).endsWith("response.completed");
    }
    int mark = application.server().log().mark();
    assertThat(peer.ask(conversation + 3).statusCode()).isEqualTo(200);
    assertThat(application.server().log().await(mark, "ws=new:", LIMIT)).isNotNull();
  }

  @Test
  void one_callers_conversations_leave_those_of_others_alone() throws Exception {
    TurnPeer alice = peer.with("Authorization", "Bearer alice");
    TurnPeer bob = peer.with("Authorization", "Bearer bob");
    assertThat(alice.ask(conversation).statusCode()).isEqualTo(200);
    for (int i = 0; i < 3; i++) {
      assertThat(bob.ask(conversation + i).statusCode()).isEqualTo(200);
    }

    assertThat(alice.ask(conversation).statusCode()).isEqualTo(200);

    assertThat(opened()).isEqualTo(4);
  }

  @Test
  void a_callers_credential_that_is_refused_is_evicted_alone() throws Exception {
    TurnPeer alice = peer.with("Authorization", "Bearer refused-alice");
    TurnPeer bob = peer.with("Authorization", "Bearer refused-bob");
    assertThat(alice.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(bob.ask(conversation).statusCode()).isEqualTo(200);
    upstream.script(Script.only("{\"type\":\"error\",\"error\":{\"code\":\"token_expired\"}}"));
    int mark = application.server().log().mark();

    assertThat(bob.ask(conversation).statusCode()).isEqualTo(401);

    await("the end of the refused one's")
        .atMost(LIMIT)
        .until(() -> upstream.connections().stream().filter(c -> c.number() > before).count() == 1);
    assertThat(alice.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(opened()).isEqualTo(2);
    assertThat(application.server().log().linesFrom(mark)).noneMatch(l -> l.contains("alice"));
  }

  @Test
  void silence_is_filled_with_comments() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    upstream.script(Script.fault(Stage.VISIBLE, new Action.Wait(gate)));
    try (EventStream events = lively.stream(conversation)) {
      assertThat(events.await("response.output_text.delta")).isNotNull();
      assertThat(events.next().type()).isEqualTo(":");
      assertThat(events.next().type()).isEqualTo(":");
      gate.countDown();
      assertThat(events.types()).endsWith("response.completed");
    }
  }
}
