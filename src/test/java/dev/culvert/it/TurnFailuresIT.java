package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.sim.Action;
import dev.culvert.sim.Script;
import dev.culvert.sim.Stage;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.net.http.HttpResponse;
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
            .turns("brief", "llm", upstream.port())
            .onRoute("brief", "stream.idle-timeout", "500ms")
            .set("pool.response-start-timeout", "4s")
            .set("reload-interval", "0")
            .packed());
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
  void a_close_after_the_last_event_is_none_of_the_clients_business() throws Exception {
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

  @Test
  void a_silent_upstream_is_given_up() throws Exception {
    upstream.script(Script.fault(Stage.FRAME, new Action.Stall()));

    HttpResponse<String> answer = peer.ask(conversation);

    assertThat(answer.statusCode()).isEqualTo(504);
    assertThat(answer.body()).contains("response_start_timeout");
    awaitNoConnection();
  }

  @Test
  void so_is_one_that_falls_silent_where_that_has_a_limit() throws Exception {
    upstream.script(Script.fault(Stage.VISIBLE, new Action.Stall()));

    try (EventStream events = new TurnPeer(application, "/brief/responses").stream(conversation)) {
      assertThat(events.await("response.output_text.delta")).isNotNull();
      assertThat(events.await("response.failed").data()).contains(DISCONNECTED);
    }
    awaitNoConnection();
  }

  /** No circuit counts what the library would not send: six failures would open it. */
  @Test
  void a_target_that_is_no_uri_harms_nobody_else() throws Exception {
    Client client = new Client(application);
    String body = TurnPeer.body(conversation, "hello").build().toString();
    for (int i = 0; i < 6; i++) {
      String head =
          "POST %s/v1/responses?x=| HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n"
              .formatted(application.contextPath(), "127.0.0.1", body.length());
      try (Wire wire = client.connect().send(head + body)) {
        assertThat(wire.readResponse().status()).isEqualTo(400);
      }
    }

    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(opened()).isEqualTo(1);
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
}
