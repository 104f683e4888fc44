package dev.culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.StreamsMXBean;
import dev.culvert.it.WebSocketPeer.Close;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import dev.culvert.testkit.app.ExpiringAuthentication;
import dev.culvert.testkit.app.SessionServlet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
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

  private EchoUpstream echo;
  private Config config;

  @BeforeEach
  void start() throws IOException {
    echo = EchoUpstream.start();
    config =
        Config.empty()
            .routeTo("chat", echo.url())
            .onRoute("chat", "roles", "chat")
            .onRoute("chat", "on-redeploy", "detached")
            .route("carefree", "chat")
            .onRoute("carefree", "roles", "chat")
            .onRoute("carefree", "stream.expires", "never")
            .turns("turns", "llm", 9)
            .onRoute("turns", "roles", "chat");
  }

  @AfterEach
  void stop() {
    echo.close();
  }

  private Path withSessions() {
    return config.war().withBasicAuthentication().withClasses(SessionServlet.class).packed();
  }

  @Test
  void the_end_of_the_session_ends_its_streams_and_no_others(Application application)
      throws Exception {
    application.deploy(withSessions());
    Client client = new Client(application);
    StreamsMXBean streams = new Management(application.server()).streams();
    Totals before = Totals.of(streams);
    String session = SessionCookie.of(client, "begin", ALICE);
    String other = SessionCookie.of(client, "begin", ALICE);

    try (Wire stream = client.open("/chat/", "websocket", ALICE, session);
        Wire carefree = client.open("/carefree/", "websocket", ALICE, session);
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
  void a_session_that_got_another_id_ends_its_streams_too(Application application)
      throws Exception {
    application.deploy(withSessions());
    Client client = new Client(application);
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
  void the_end_of_all_sessions_with_their_deployment_ends_none(String kind, Application application)
      throws Exception {
    application.deploy(withSessions());
    Client client = new Client(application);
    String session = SessionCookie.of(client, kind, ALICE);

    try (Wire stream = client.open("/chat/", "websocket", ALICE, session)) {
      assertEchoes(stream);

      application.undeploy();
      assertEchoes(stream);

      application.deploy(withSessions());
      assertEchoes(stream);
    }
  }

  @Test
  void the_end_of_a_token_ends_its_streams(Application application) throws Exception {
    application.deploy(config.war().withClasses(ExpiringAuthentication.class).packed());
    StreamsMXBean streams = new Management(application.server()).streams();
    Totals before = Totals.of(streams);
    long expires = Instant.now().getEpochSecond() + 2;

    try (WebSocketPeer peer =
        WebSocketPeer.connect(application.ws("/chat/"), "Authorization", "Expires " + expires)) {
      assertThat(new Management(application.server()).awaitStream("chat").user())
          .isEqualTo("carol");
      assertThat(peer.awaitClose()).isEqualTo(new Close(1008, "credential expired"));
      assertThat(Instant.now()).isAfterOrEqualTo(Instant.ofEpochSecond(expires));
    }
    before.awaitMoreEnded(streams, "expired", 1);
  }

  @Test
  void the_end_of_the_session_ends_its_sockets_for_turns(Application application) throws Exception {
    application.deploy(withSessions());
    Client client = new Client(application);
    String session = SessionCookie.of(client, "begin", ALICE);
    String other = SessionCookie.of(client, "begin", ALICE);

    try (Wire socket = client.open("/turns/", "websocket", ALICE, session);
        Wire others = client.open("/turns/", "websocket", ALICE, other)) {
      SessionCookie.of(client, "end", ALICE, session);

      WebSocketFrame close = WebSocketFrame.read(socket);
      assertThat(close.closeCode()).isEqualTo(1008);
      assertThat(close.closeReason()).isEqualTo("session ended");
      others.send(WebSocketFrame.ofClient(true, WebSocketFrame.TEXT, "{".getBytes(UTF_8)).bytes());
      assertThat(WebSocketFrame.read(others).opcode()).isEqualTo(WebSocketFrame.TEXT);
    }
  }

  @Test
  void the_end_of_a_token_ends_its_sockets_for_turns(Application application) throws Exception {
    application.deploy(config.war().withClasses(ExpiringAuthentication.class).packed());
    long expires = Instant.now().getEpochSecond() + 2;

    try (WebSocketPeer peer =
        WebSocketPeer.connect(application.ws("/turns/"), "Authorization", "Expires " + expires)) {
      assertThat(peer.awaitClose()).isEqualTo(new Close(1008, "credential expired"));
      assertThat(Instant.now()).isAfterOrEqualTo(Instant.ofEpochSecond(expires));
    }
  }

  @Test
  void the_end_of_a_token_does_not_matter_where_the_route_says_so(Application application)
      throws Exception {
    application.deploy(config.war().withClasses(ExpiringAuthentication.class).packed());
    long expired = Instant.now().getEpochSecond() - 1;

    try (WebSocketPeer peer =
        WebSocketPeer.connect(
            application.ws("/carefree/"), "Authorization", "Expires " + expired)) {
      assertThat(peer.send("on and on").next()).isEqualTo("on and on");
    }
  }

  private static void assertEchoes(Wire stream) throws IOException {
    byte[] payload = "still here".getBytes(UTF_8);
    stream.send(WebSocketFrame.ofClient(true, WebSocketFrame.TEXT, payload).bytes());
    assertThat(WebSocketFrame.read(stream).payload()).isEqualTo(payload);
  }
}
