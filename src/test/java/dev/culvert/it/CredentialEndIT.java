package dev.culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.StreamsMXBean;
import dev.culvert.it.WebSocketPeer.Close;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.TestServer;
import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import dev.culvert.testkit.app.ExpiringAuthentication;
import dev.culvert.testkit.app.SessionServlet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream does not outlive what its caller was let in for. */
@ExtendWith(ServerExtension.class)
class CredentialEndIT {

  private static final String ALICE =
      "Authorization: Basic " + Base64.getEncoder().encodeToString("alice:ecila".getBytes(UTF_8));

  private static EchoUpstream echo;

  /** Whose users have a session. */
  private static Application sessions;

  /** Whose users have a token. */
  private static Application tokens;

  private static Path withSessions;

  private final Management management = new Management(sessions.server());

  @BeforeAll
  static void deploy(TestServer server) throws IOException {
    echo = EchoUpstream.start();
    sessions = server.application("sessions");
    tokens = server.application("tokens");
    withSessions =
        config("chat").war().withBasicAuthentication().withClasses(SessionServlet.class).packed();
    sessions.deploy(withSessions);
    tokens.deploy(config("badge").war().withClasses(ExpiringAuthentication.class).packed());
  }

  /** A route for streams, one for those that nothing ends, and one for turns. */
  private static Config config(String name) {
    return Config.empty()
        .routeTo(name, echo.url())
        .onRoute(name, "roles", "chat")
        .onRoute(name, "on-redeploy", "detached")
        .route(name + "-carefree", name)
        .onRoute(name + "-carefree", "roles", "chat")
        .onRoute(name + "-carefree", "stream.expires", "never")
        .turns(name + "-turns", "llm", 9)
        .onRoute(name + "-turns", "roles", "chat");
  }

  @AfterAll
  static void stop() {
    sessions.close();
    tokens.close();
    echo.close();
  }

  /** What the test before has closed is counted. */
  @BeforeEach
  void awaitNoStreams() {
    for (String name : List.of("chat", "chat-carefree", "badge", "badge-carefree")) {
      management.awaitStreams(name, 0);
    }
  }

  @Test
  void the_end_of_the_session_ends_its_streams_and_no_others() throws Exception {
    Client client = new Client(sessions);
    StreamsMXBean streams = management.streams();
    Totals before = Totals.of(streams);
    String session = SessionCookie.of(client, "begin", ALICE);
    String other = SessionCookie.of(client, "begin", ALICE);

    try (Wire stream = client.open("/chat/", "websocket", ALICE, session);
        Wire carefree = client.open("/chat-carefree/", "websocket", ALICE, session);
        Wire others = client.open("/chat/", "websocket", ALICE, other)) {
      SessionCookie.of(client, "end", ALICE, session);

      WebSocketFrame close = WebSocketFrame.read(stream);
      assertThat(close.closeCode()).isEqualTo(1008);
      assertThat(close.closeReason()).isEqualTo("session ended");
      stream.send(close.closeAnswer().bytes());
      assertThat(stream.readToEnd()).isEmpty();
      assertEchoes(carefree);
      assertEchoes(others);
    }
    before.awaitMoreEnded(streams, "expired", 1);
  }

  @Test
  void a_session_that_got_another_id_ends_its_streams_too() throws Exception {
    Client client = new Client(sessions);
    String session = SessionCookie.of(client, "begin", ALICE);

    try (Wire stream = client.open("/chat/", "websocket", ALICE, session)) {
      String renewed = SessionCookie.of(client, "renew", ALICE, session);
      assertThat(renewed).isNotEqualTo(session);
      SessionCookie.of(client, "end", ALICE, renewed);

      assertThat(WebSocketFrame.read(stream).closeCode()).isEqualTo(1008);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"begin", "begin-slow"})
  void the_end_of_all_sessions_with_their_deployment_ends_none(String kind) throws Exception {
    Client client = new Client(sessions);
    String session = SessionCookie.of(client, kind, ALICE);

    try (Wire stream = client.open("/chat/", "websocket", ALICE, session)) {
      assertEchoes(stream);

      sessions.undeploy();
      assertEchoes(stream);

      sessions.deploy(withSessions);
      assertEchoes(stream);
    }
  }

  @Test
  void the_end_of_a_token_ends_its_streams() throws Exception {
    StreamsMXBean streams = management.streams();
    Totals before = Totals.of(streams);
    long expires = Instant.now().getEpochSecond() + 2;

    try (WebSocketPeer peer =
        WebSocketPeer.connect(tokens.ws("/badge/"), "Authorization", "Expires " + expires)) {
      assertThat(management.awaitStream("badge").user()).isEqualTo("carol");
      assertThat(peer.awaitClose()).isEqualTo(new Close(1008, "credential expired"));
      assertThat(Instant.now()).isAfterOrEqualTo(Instant.ofEpochSecond(expires));
    }
    before.awaitMoreEnded(streams, "expired", 1);
  }

  @Test
  void the_end_of_the_session_ends_its_sockets_for_turns() throws Exception {
    Client client = new Client(sessions);
    String session = SessionCookie.of(client, "begin", ALICE);
    String other = SessionCookie.of(client, "begin", ALICE);

    try (Wire socket = client.open("/chat-turns/", "websocket", ALICE, session);
        Wire others = client.open("/chat-turns/", "websocket", ALICE, other)) {
      SessionCookie.of(client, "end", ALICE, session);

      WebSocketFrame close = WebSocketFrame.read(socket);
      assertThat(close.closeCode()).isEqualTo(1008);
      assertThat(close.closeReason()).isEqualTo("session ended");
      others.send(WebSocketFrame.ofClient(true, WebSocketFrame.TEXT, "{".getBytes(UTF_8)).bytes());
      assertThat(WebSocketFrame.read(others).opcode()).isEqualTo(WebSocketFrame.TEXT);
    }
  }

  @Test
  void the_end_of_a_token_ends_its_sockets_for_turns() throws Exception {
    long expires = Instant.now().getEpochSecond() + 2;

    try (WebSocketPeer peer =
        WebSocketPeer.connect(tokens.ws("/badge-turns/"), "Authorization", "Expires " + expires)) {
      assertThat(peer.awaitClose()).isEqualTo(new Close(1008, "credential expired"));
      assertThat(Instant.now()).isAfterOrEqualTo(Instant.ofEpochSecond(expires));
    }
  }

  @Test
  void the_end_of_a_token_does_not_matter_where_the_route_says_so() throws Exception {
    long expired = Instant.now().getEpochSecond() - 1;

    try (WebSocketPeer peer =
        WebSocketPeer.connect(
            tokens.ws("/badge-carefree/"), "Authorization", "Expires " + expired)) {
      assertThat(peer.send("on and on").next()).isEqualTo("on and on");
    }
  }

  private static void assertEchoes(Wire stream) throws IOException {
    byte[] payload = "still here".getBytes(UTF_8);
    stream.send(WebSocketFrame.ofClient(true, WebSocketFrame.TEXT, payload).bytes());
    assertThat(WebSocketFrame.read(stream).payload()).isEqualTo(payload);
  }
}
