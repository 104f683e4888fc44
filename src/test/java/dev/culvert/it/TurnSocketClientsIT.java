package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.sim.Script;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which WebSocket clients may connect, what they may send, and which of them are given up. */
@ExtendWith(ServerExtension.class)
class TurnSocketClientsIT extends TurnSockets {

  @BeforeAll
  static void deploy() throws IOException {
    application.deploy(
        Config.empty()
            .turns("v1", "llm", upstream.port())
            .turns("users", "llm", upstream.port())
            .onRoute("users", "roles", "**")
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
        socket.sendText(piece, i == 16).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
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
  void a_silent_client_is_asked_and_an_idle_one_closed() throws Exception {
    try (TurnSocketPeer peer = TurnSocketPeer.connect(application, "/brief/responses")) {
      assertThat(peer.socket().pings().poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isNotNull();
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

      awaitNoSocket();
    }
    try (TurnSocketPeer peer = connect()) {
      assertThat(peer.ask(conversation).turn()).isEqualTo(TYPES);
    }
  }
}
