package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.sim.Action;
import dev.culvert.sim.Script;
import dev.culvert.sim.SimRequest;
import dev.culvert.sim.Stage;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerLog;
import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Turns of WebSocket clients, on pooled sockets of the upstream. */
@ExtendWith(ServerExtension.class)
class TurnSocketsIT extends SimulatedTurns {

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String DELTA = "response.output_text.delta";
  private static final List<String> TYPES =
      List.of(
          "response.created",
          "response.in_progress",
          "response.output_item.added",
          DELTA,
          DELTA,
          "response.completed");

  @BeforeAll
  static void deploy() throws IOException {
    application.deploy(
        Config.empty()
            .turns("v1", "llm", upstream.port())
            .turns("users", "llm", upstream.port())
            .onRoute("users", "roles", "**")
            .turns("serial", "llm", upstream.port())
            .onRoute("serial", "turn.lane-field", "none")
            .turns("few", "llm", upstream.port())
            .onRoute("few", "max-streams", "1")
            .turns("brief", "llm", upstream.port())
            .onRoute("brief", "stream.ping-interval", "100ms")
            .onRoute("brief", "stream.idle-timeout", "1s")
            .turns("impatient", "llm", upstream.port())
            .onRoute("impatient", "stream.stall-timeout", "1s")
            .war()
            .withBasicAuthentication()
            .packed());
  }

  /** However its clients went. */
  @AfterAll
  static void nothing_stays() {
    application.undeploy();
    Loaders.await(application.server().jvm(), 0, "the end of the class loader");
  }

  private static TurnSocketPeer connect() throws Exception {
    return TurnSocketPeer.connect(application, "/v1/responses");
  }

  /** The next turn of the upstream shows something and waits. */
  private static CountDownLatch holdNext() {
    CountDownLatch gate = new CountDownLatch(1);
    upstream.script(Script.fault(Stage.VISIBLE, new Action.Wait(gate)));
    return gate;
  }

  private List<SimRequest> requests() {
    return upstream.requests().stream().filter(r -> r.connection() > before).toList();
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

    awaitNoSocketOf(conversation);
    one.countDown();
    two.countDown();
    try (TurnSocketPeer peer = connect()) {
      assertThat(peer.ask(conversation).turn()).isEqualTo(TYPES);
    }
    assertThat(opened()).isEqualTo(3);
  }

  private static void awaitNoSocketOf(String name) {
    await("the end of the sockets")
        .atMost(LIMIT)
        .until(
            () ->
                Management.poolOf(application).list().stream()
                    .noneMatch(socket -> socket.conversation().equals("=" + name)));
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "not json | invalid_json",
        "[1] | invalid_json",
        "{} | invalid_type",
        "{\"type\":\"response.cancel\"} | invalid_type"
      })
  void what_is_no_request_is_an_error(String message, String code) throws Exception {
    try (TurnSocketPeer peer = connect()) {
      peer.socket().send(message);
      JsonObject error = peer.next();

      assertThat(error.getString("type")).isEqualTo("error");
      assertThat(error.getInt("status")).isEqualTo(400);
      assertThat(error.getJsonObject("error").getString("code")).isEqualTo(code);
      assertThat(peer.ask(conversation).turn()).isEqualTo(TYPES);
    }
    assertThat(opened()).isEqualTo(1);
  }

  @Test
  void a_message_that_is_too_long_is_an_error() throws Exception {
    String piece = "x".repeat(1024 * 1024);
    try (TurnSocketPeer peer = connect()) {
      WebSocket socket = peer.socket().socket();
      for (int i = 0; i <= 16; i++) {
        socket.sendText(piece, i == 16).get(10, TimeUnit.SECONDS);
      }

      JsonObject error = peer.next();
      assertThat(error.getInt("status")).isEqualTo(413);
      assertThat(error.getJsonObject("error").getString("code")).isEqualTo("request_too_large");
      assertThat(peer.ask(conversation).turn()).isEqualTo(TYPES);
    }
  }

  @Test
  void a_binary_message_closes_with_1003() throws Exception {
    try (TurnSocketPeer peer = connect()) {
      peer.socket().socket().sendBinary(ByteBuffer.wrap(new byte[] {1, 2}), true).join();

      assertThat(peer.socket().awaitClose().code()).isEqualTo(1003);
    }
  }

  @Test
  void two_users_never_share_a_connection() throws Exception {
    for (String user : List.of("alice", "bob", "alice", "bob")) {
      try (TurnSocketPeer peer = as(user)) {
        assertThat(peer.ask(conversation).turn()).isEqualTo(TYPES);
      }
    }

    assertThat(opened()).isEqualTo(2);
  }

  private static TurnSocketPeer as(String user) throws Exception {
    String password = new StringBuilder(user).reverse().toString();
    return new TurnSocketPeer(
        WebSocketPeer.connect(
            application.ws("/users/responses"),
            "Authorization",
            HttpAnswers.basic(user, password)));
  }

  @ParameterizedTest
  @CsvSource({
    "/users/responses, X-Nothing: 1, 401",
    "/v1/responses, Origin: https://elsewhere.test, 403",
    "/v1/responses, Sec-WebSocket-Version: 8, 426"
  })
  void who_may_not_connect_is_told_why(String path, String field, int status) throws Exception {
    try (Wire wire = new Client(application).ask(path, "websocket", field)) {
      assertThat(wire.readResponse().status()).isEqualTo(status);
    }
    assertThat(opened()).isZero();
  }

  @Test
  void there_are_no_more_sockets_than_the_route_may_have() throws Exception {
    try (TurnSocketPeer only = TurnSocketPeer.connect(application, "/few/responses")) {
      assertThat(only.ask(conversation).turn()).isEqualTo(TYPES);
      try (Wire second = new Client(application).ask("/few/responses", "websocket")) {
        assertThat(second.readResponse().status()).isEqualTo(503);
      }
      only.socket().socket().sendClose(1000, "").join();
      assertThat(only.socket().awaitClose().code()).isEqualTo(1000);
    }
    await("a free place")
        .atMost(LIMIT)
        .until(
            () -> {
              try (Wire wire = new Client(application).ask("/few/responses", "websocket")) {
                return wire.readResponse().status() == 101;
              }
            });
  }

  @Test
  void a_silent_client_is_asked_and_an_idle_one_closed() throws Exception {
    try (TurnSocketPeer peer = TurnSocketPeer.connect(application, "/brief/responses")) {
      assertThat(peer.socket().pings().poll(10, TimeUnit.SECONDS)).isNotNull();
      WebSocketPeer.Close close = peer.socket().awaitClose();

      assertThat(close.code()).isEqualTo(1001);
      assertThat(close.reason()).isEqualTo("idle timeout");
    }
  }

  /** Its upstream is not read until then, and the connection ends with the turn. */
  @Test
  void a_client_that_takes_nothing_is_given_up() throws Exception {
    upstream.script(Script.RIGHT.withDeltas(200).withPadding(256 * 1024));
    try (Wire wire = new Client(application).ask("/impatient/responses", "websocket")) {
      assertThat(wire.readResponse().status()).isEqualTo(101);
      byte[] request =
          TurnSocketPeer.request(conversation).build().toString().getBytes(StandardCharsets.UTF_8);
      wire.send(WebSocketFrame.ofClient(true, WebSocketFrame.TEXT, request).bytes());
      await("the turn").atMost(LIMIT).until(() -> requests().size() == 1);

      awaitNoSocketOf(conversation);
    }
    try (TurnSocketPeer peer = connect()) {
      assertThat(peer.ask(conversation).turn()).isEqualTo(TYPES);
    }
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
