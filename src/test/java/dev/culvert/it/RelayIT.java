package dev.culvert.it;

import static dev.culvert.testkit.WebSocketFrame.BINARY;
import static dev.culvert.testkit.WebSocketFrame.CONTINUATION;
import static dev.culvert.testkit.WebSocketFrame.PING;
import static dev.culvert.testkit.WebSocketFrame.PONG;
import static dev.culvert.testkit.WebSocketFrame.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Relay mode: messages between a client and its upstream, through the server's own endpoint. */
@ExtendWith(ServerExtension.class)
class RelayIT {

  private static EchoUpstream echo;
  private static ScriptedUpstream choosy;
  private static Client client;
  private static Management management;

  @BeforeAll
  static void deploy(Application application) throws IOException {
    echo = EchoUpstream.start();
    choosy =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              connection.send(
                  Upgrades.switching(
                      request, "Sec-WebSocket-Protocol: second", "X-From-Upstream: yes"));
              connection.send(WebSocketFrame.ofServer(true, TEXT, "early".getBytes(UTF_8)).bytes());
              connection.readToEnd();
            });
    client = new Client(application);
    application.deploy(
        Config.empty()
            .routeTo("echo", echo.url())
            .onRoute("echo", "mode", "relay")
            .routeTo("choosy", choosy.url())
            .onRoute("choosy", "mode", "relay")
            .routeTo("limited", echo.url())
            .onRoute("limited", "mode", "relay")
            .onRoute("limited", "stream.max-message", "1000")
            .routeTo("framed", echo.url())
            .onRoute("framed", "mode", "relay")
            .onRoute("framed", "stream.max-frame", "1000")
            .routeTo("fragmented", choosy.url())
            .onRoute("fragmented", "mode", "relay")
            .onRoute("fragmented", "stream.max-message", "1000")
            .packed());
    management = new Management(application.server());
  }

  @AfterAll
  static void close() throws IOException {
    echo.close();
    choosy.close();
  }

  @Test
  void messages_of_both_types_pass_one_to_one() throws IOException {
    try (RelayPeer peer = RelayPeer.open(client, "/echo/")) {
      peer.send(true, TEXT, "grüß dich 🦊").send(true, BINARY, "0123").send(true, TEXT, "");

      assertThat(peer.message()).isEqualTo(new RelayPeer.Message(TEXT, "grüß dich 🦊", 1));
      assertThat(peer.message()).isEqualTo(new RelayPeer.Message(BINARY, "0123", 1));
      assertThat(peer.message()).isEqualTo(new RelayPeer.Message(TEXT, "", 1));
    }
  }

  @Test
  void fragments_pass_before_their_message_is_whole() throws IOException {
    try (RelayPeer peer = RelayPeer.open(client, "/echo/")) {
      peer.send(false, TEXT, "one ");
      WebSocketFrame first = peer.frame();
      peer.send(false, CONTINUATION, "two ").send(true, CONTINUATION, "three");

      assertThat(first.fin()).isFalse();
      assertThat(new String(first.payload(), UTF_8)).isEqualTo("one ");
      assertThat(new String(peer.frame().payload(), UTF_8)).isEqualTo("two ");
      WebSocketFrame last = peer.frame();
      assertThat(new String(last.payload(), UTF_8)).isEqualTo("three");
      assertThat(last.fin()).isTrue();
    }
  }

  @Test
  void a_ping_of_the_client_is_answered_by_the_server() throws IOException {
    try (RelayPeer peer = RelayPeer.open(client, "/choosy/", "Sec-WebSocket-Protocol: second")) {
      assertThat(peer.message().text()).isEqualTo("early");

      peer.send(true, PING, "are you there");

      WebSocketFrame pong = peer.frame();
      assertThat(pong.opcode()).isEqualTo(PONG);
      assertThat(new String(pong.payload(), UTF_8)).isEqualTo("are you there");
    }
  }

  @Test
  void the_upstream_chooses_the_subprotocol_and_gets_no_extensions() throws Exception {
    try (Wire wire =
        client.ask(
            "/choosy/",
            EchoStream.WEBSOCKET,
            "Sec-WebSocket-Protocol: first, second",
            "Sec-WebSocket-Extensions: permessage-deflate")) {
      ResponseHead answer = wire.readResponse();
      RequestHead request = choosy.nextRequest();

      assertThat(answer.status()).isEqualTo(101);
      assertThat(answer.first("Sec-WebSocket-Protocol")).hasValue("second");
      assertThat(answer.first("Sec-WebSocket-Extensions")).isEmpty();
      assertThat(answer.first("X-From-Upstream")).hasValue("yes");
      assertThat(request.first("Sec-WebSocket-Protocol")).hasValue("first, second");
      assertThat(request.first("Sec-WebSocket-Extensions")).isEmpty();
      assertThat(new RelayPeer(wire).message().text()).isEqualTo("early");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/echo/a%2Fb", "/echo/a%0D%0AX-Injected:%20yes", "/echo/?q=%0D%0A&r=%7B%7C%7D"})
  void the_target_reaches_the_upstream_as_it_was_sent(String target) throws IOException {
    try (RelayPeer peer = RelayPeer.open(client, target)) {
      peer.send(true, TEXT, "x");
      assertThat(peer.message().text()).isEqualTo("x");
    }

    RequestHead seen = echo.lastHead().orElseThrow();
    assertThat(seen.target()).isEqualTo(target);
    assertThat(seen.first("X-Injected")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/limited/", "/framed/"})
  void a_message_or_a_frame_above_the_limit_is_refused_with_1009(String path) throws IOException {
    try (RelayPeer peer = RelayPeer.open(client, path)) {
      peer.send(true, BINARY, "x".repeat(1000));
      assertThat(peer.message().text()).hasSize(1000);

      peer.send(true, BINARY, "x".repeat(1001));

      assertThat(peer.awaitClose()).isEqualTo(1009);
    }
  }

  /** Nothing is echoed: Undertow sends no close frame inside of a message to the client. */
  @Test
  void fragments_count_together_towards_the_limit() throws IOException {
    try (RelayPeer peer =
        RelayPeer.open(client, "/fragmented/", "Sec-WebSocket-Protocol: second")) {
      assertThat(peer.message().text()).isEqualTo("early");

      peer.send(false, BINARY, "x".repeat(600)).send(true, CONTINUATION, "x".repeat(401));

      assertThat(peer.awaitClose()).isEqualTo(1009);
    }
  }

  @Test
  void the_stream_is_in_the_books_like_any_other() throws Exception {
    try (RelayPeer peer = RelayPeer.open(client, "/echo/")) {
      peer.send(true, TEXT, "counted");
      assertThat(peer.message().text()).isEqualTo("counted");

      assertThat(management.awaitStream("echo").messagesFromUpstream()).isEqualTo(1);
      management.streams().close(management.awaitStream("echo").id(), 4001, "operator");

      assertThat(peer.awaitClose()).isEqualTo(4001);
    }
    management.awaitStreams("echo", 0);
    await("the upstream's end").atMost(Duration.ofSeconds(30)).until(() -> echo.live() == 0);
  }

  @Test
  void another_upgrade_than_websocket_is_refused() throws IOException {
    try (Wire wire = client.ask("/echo/", Config.RAW)) {
      assertThat(wire.readResponse().status()).isEqualTo(426);
    }
  }
}
