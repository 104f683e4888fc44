package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.sim.Action;
import dev.culvert.sim.Script;
import dev.culvert.sim.Stage;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerLog;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Turns of WebSocket clients, on pooled sockets of the upstream. */
@ExtendWith(ServerExtension.class)
class TurnSocketsIT extends TurnSockets {

  @BeforeAll
  static void deploy() throws IOException {
    application.deploy(
        Config.empty()
            .turns("v1", "llm", upstream.port())
            .turns("serial", "llm", upstream.port())
            .onRoute("serial", "turn.lane-field", "none")
            .packed());
  }

  /** The next turn of the upstream shows something and waits. */
  private static CountDownLatch holdNext() {
    CountDownLatch gate = new CountDownLatch(1);
    upstream.script(Script.fault(Stage.VISIBLE, new Action.Wait(gate)));
    return gate;
  }

  @Test
  void turns_of_one_conversation_share_a_connection() throws Exception {
    try (TurnSocketPeer peer = connect()) {
      for (int i = 0; i < 5; i++) {
        assertThat(peer.ask(conversation).turn()).isEqualTo(TYPES);
      }
    }

    assertThat(opened()).isEqualTo(1);
  }

  @Test
  void so_do_two_clients_and_one_that_posts() throws Exception {
    try (TurnSocketPeer first = connect();
        TurnSocketPeer second = connect()) {
      assertThat(first.ask(conversation).turn()).isEqualTo(TYPES);
      assertThat(second.ask(conversation).turn()).isEqualTo(TYPES);
      assertThat(first.ask(conversation).turn()).isEqualTo(TYPES);
    }
    TurnPeer posting = new TurnPeer(application, "/v1/responses");
    assertThat(posting.ask(conversation).statusCode()).isEqualTo(200);

    assertThat(opened()).isEqualTo(1);
  }

  @Test
  void requests_and_events_pass_as_they_are() throws Exception {
    String event = "{ \"type\": \"response.completed\",\"n\":1.50, \"text\":\"\\u00e4 ö\" }";
    upstream.script(Script.only(event));
    String request = "{\"type\":\"response.create\",\"stream\":true,\"x\":{\"b\":1,\"a\":2}}";
    try (TurnSocketPeer peer = connect()) {
      peer.socket().send(request);

      assertThat(peer.socket().next()).isEqualTo(event);
    }
    assertThat(requests()).last().extracting(r -> r.body().toString()).isEqualTo(request);
  }

  @Test
  void a_second_request_in_flight_is_an_error_and_the_first_goes_on() throws Exception {
    CountDownLatch gate = holdNext();
    try (TurnSocketPeer peer = connect()) {
      assertThat(peer.ask(conversation).await(DELTA)).isNotNull();

      JsonObject error = peer.ask(conversation + "-other").await("error");
      gate.countDown();

      assertThat(error.getInt("status")).isEqualTo(409);
      assertThat(error.getJsonObject("error").getString("code")).isEqualTo("response_in_progress");
      assertThat(peer.turn()).containsExactly(DELTA, "response.completed");
      assertThat(peer.ask(conversation).turn()).isEqualTo(TYPES);
    }
    assertThat(opened()).isEqualTo(1);
  }

  @Test
  void lanes_are_turns_of_their_own() throws Exception {
    CountDownLatch first = holdNext();
    try (TurnSocketPeer peer = connect()) {
      peer.send(lane("1"));
      assertThat(peer.await(DELTA)).isNotNull();
      CountDownLatch second = holdNext();
      peer.send(lane("2"));
      assertThat(peer.await(DELTA)).as("both in flight").isNotNull();

      JsonObject error = peer.send(lane("1")).await("error");
      assertThat(error.getString("stream_id")).isEqualTo("1");
      assertThat(error.getInt("status")).isEqualTo(409);

      second.countDown();
      assertThat(peer.turn()).containsExactly(DELTA, "response.completed");
      first.countDown();
      assertThat(peer.turn()).containsExactly(DELTA, "response.completed");
      assertThat(peer.send(lane("2")).turn()).isEqualTo(TYPES);
      assertThat(peer.send(lane("1")).turn()).isEqualTo(TYPES);
    }
    assertThat(opened()).isEqualTo(2);
    assertThat(requests())
        .extracting(r -> r.text("stream_id").orElse("") + "@" + (r.connection() - before))
        .containsExactly("1@1", "2@2", "2@2", "1@1");
  }

  private JsonObjectBuilder lane(String id) {
    return TurnSocketPeer.request(conversation).add("stream_id", id);
  }

  @Test
  void without_lanes_there_is_one_turn_at_a_time() throws Exception {
    CountDownLatch gate = holdNext();
    try (TurnSocketPeer peer = TurnSocketPeer.connect(application, "/serial/responses")) {
      assertThat(peer.send(lane("1")).await(DELTA)).isNotNull();

      assertThat(peer.send(lane("2")).await("error").getInt("status")).isEqualTo(409);
      gate.countDown();
      assertThat(peer.turn()).containsExactly(DELTA, "response.completed");
    }
  }

  @Test
  void a_continuation_runs_on_the_connection_of_its_response() throws Exception {
    try (TurnSocketPeer peer = connect()) {
      String first = peer.completed(TurnSocketPeer.request(conversation));
      String second =
          peer.completed(TurnSocketPeer.request("another-name").add("previous_response_id", first));

      JsonObject stale =
          peer.send(TurnSocketPeer.request(conversation).add("previous_response_id", first))
              .await("error");

      assertThat(stale.getInt("status")).isEqualTo(400);
      assertThat(stale.getJsonObject("error").getString("code"))
          .isEqualTo("previous_response_not_found");
      assertThat(second).isNotEqualTo(first);
    }
    assertThat(opened()).isEqualTo(1);
    assertThat(requests()).hasSize(2);
  }

  @Test
  void a_client_that_goes_away_ends_its_turns_and_their_connections() throws Exception {
    CountDownLatch one = holdNext();
    CountDownLatch two = holdNext();
    try (TurnSocketPeer peer = connect()) {
      peer.send(lane("1")).send(lane("2"));
      assertThat(peer.await(DELTA)).isNotNull();
      assertThat(peer.await(DELTA)).isNotNull();
    }

    awaitNoSocket();
    one.countDown();
    two.countDown();
    try (TurnSocketPeer peer = connect()) {
      assertThat(peer.ask(conversation).turn()).isEqualTo(TYPES);
    }
    assertThat(opened()).isEqualTo(3);
  }

  /**
   * Mapped to a status or not: either way the client sees what the upstream sent. One that concerns
   * the credential ends its connections.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2 | {'type':'error', 'error':{'code':'rate_limit_exceeded'}}",
        "1 | {'type':'error', 'error':{'code':'of_no_status'}}",
        "1 | {'type':'response.failed', 'response':{'error':{'code':'server_error'}}}"
      },
      quoteCharacter = '"')
  void an_error_of_the_upstream_is_passed_on(int connections, String event) throws Exception {
    String text = event.replace('\'', '"');
    upstream.script(Script.only(text));
    try (TurnSocketPeer peer = connect()) {
      peer.ask(conversation);

      assertThat(peer.socket().next()).isEqualTo(text);
      assertThat(peer.ask(conversation).turn()).isEqualTo(TYPES);
    }
    assertThat(opened()).isEqualTo(connections);
  }

  @Test
  void an_upgrade_that_is_refused_is_an_error() throws Exception {
    upstream.refuse(429, "Retry-After: 7");
    try (TurnSocketPeer peer = connect()) {
      JsonObject error = peer.ask(conversation).next();

      assertThat(error.getString("type")).isEqualTo("error");
      assertThat(error.getInt("status")).isEqualTo(429);
      assertThat(error.getJsonObject("headers").getString("retry-after")).isEqualTo("7");
      assertThat(peer.ask(conversation).turn()).isEqualTo(TYPES);
    }
  }

  @Test
  void what_breaks_off_is_an_error_and_the_client_stays() throws Exception {
    upstream.script(Script.fault(Stage.VISIBLE, new Action.Drop()));
    try (TurnSocketPeer peer = connect()) {
      assertThat(peer.ask(conversation).await(DELTA)).isNotNull();
      JsonObject error = peer.next();

      assertThat(error.getInt("status")).isEqualTo(502);
      assertThat(error.getJsonObject("error").getString("code")).isEqualTo("stream_disconnected");
      assertThat(peer.ask(conversation).turn()).isEqualTo(TYPES);
    }
    assertThat(opened()).isEqualTo(2);
  }

  @Test
  void every_dispatch_is_logged_once_with_its_decision() throws Exception {
    ServerLog log = application.server().log();
    int mark = log.mark();
    try (TurnSocketPeer peer = connect()) {
      assertThat(peer.ask(conversation).turn()).isEqualTo(TYPES);
      assertThat(peer.ask(conversation).turn()).isEqualTo(TYPES);
    }

    String line = "CULVERT-T002 .*conversation=\"=" + conversation;
    assertThat(log.await(mark, "ws=reuse:.*" + conversation, LIMIT)).isNotNull();
    Set<String> decisions =
        log.linesFrom(mark).stream()
            .filter(l -> l.matches(".*" + line + ".*"))
            .map(l -> l.replaceAll(".* ws=([a-z]*):.*", "$1"))
            .collect(Collectors.toSet());
    assertThat(decisions).containsExactlyInAnyOrder("new", "reuse");
  }
}
