package dev.culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerLog;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may open a stream: roles, as the server knows them, and origins. */
@ExtendWith(ServerExtension.class)
class AccessIT {

  private static final String WEBSOCKET = "websocket";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static EchoUpstream echo;
  private static Application application;
  private static Client client;

  @BeforeAll
  static void deploy(Application deployed) throws IOException {
    application = deployed;
    client = new Client(application);
    echo = EchoUpstream.start();
    application.server().setLogLevel("dev.culvert.stream", "FINE");
    application.deploy(
        Config.empty()
            .routeTo("open", echo.url())
            .route("members", "open")
            .onRoute("members", "roles", "chat")
            .route("users", "open")
            .onRoute("users", "roles", "**")
            .route("below", "open")
            .onRoute("below", "path", "/open/members/*")
            .onRoute("below", "roles", "chat")
            .upstream("few", echo.url())
            .set("upstreams.few.max-sessions", "1")
            .route("by-user", "few")
            .onRoute("by-user", "session", "user")
            .route("listed", "open")
            .onRoute("listed", "origins", "https://app.example, http://localhost:3000")
            .route("any-origin", "open")
            .onRoute("any-origin", "origins", "*")
            .war()
            .withBasicAuthentication()
            .packed());
  }

  @AfterAll
  static void close() {
    echo.close();
  }

  @ParameterizedTest
  @CsvSource({"members", "users"})
  void an_anonymous_caller_gets_the_servers_challenge(String route) throws IOException {
    long before = echo.accepted();
    try (Wire wire = client.ask("/" + route + "/", WEBSOCKET)) {
      ResponseHead head = wire.readResponse();

      assertThat(head.status()).isEqualTo(401);
      assertThat(head.first("WWW-Authenticate").orElse("")).contains("Basic", "testkit");
      wire.send(client.request("/open/", WEBSOCKET));
      assertThat(new String(wire.readToEnd(), UTF_8)).doesNotContain("101");
    }
    assertThat(echo.accepted()).isEqualTo(before);
  }

  @Test
  void wrong_credentials_are_as_none() throws IOException {
    assertThat(status("members", basic("alice", "wrong"))).isEqualTo(401);
  }

  @Test
  void a_user_without_the_role_gets_403() throws IOException {
    assertThat(status("members", basic("bob", "bob"))).isEqualTo(403);
  }

  @Test
  void a_user_with_the_role_gets_a_stream() throws IOException {
    assertThat(status("members", basic("alice", "ecila"))).isEqualTo(101);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/open/members/x",
        "/open/members%2Fx",
        "/open/members%2fx",
        "/open%2Fmembers/x",
        "/open/%2Fmembers/x",
        "/open/members%5Cx"
      })
  void no_spelling_of_a_path_leads_to_an_upstream_without_the_role(String path) throws IOException {
    long before = echo.accepted();

    assertThat(client.ask(path, WEBSOCKET).readResponse().status()).isIn(400, 401, 404);

    assertThat(echo.accepted()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/.", "/%2e", "/.;", "/x/.."})
  void nothing_leads_to_an_upstream_from_before_the_context_path(String before) throws IOException {
    Client astray = new Client(application.server(), before + application.contextPath());
    long accepted = echo.accepted();

    assertThat(astray.ask("/open/x", WEBSOCKET).readResponse().status()).isIn(301, 400, 404);

    assertThat(echo.accepted()).isEqualTo(accepted);
  }

  @Test
  void the_context_path_may_be_encoded() throws IOException {
    String context = application.contextPath();
    String encoded = "/%" + Integer.toHexString(context.charAt(1)) + context.substring(2);

    assertThat(
            new Client(application.server(), encoded)
                .ask("/open/x", WEBSOCKET)
                .readResponse()
                .status())
        .isEqualTo(101);
  }

  @Test
  void any_user_gets_a_stream_where_two_stars_stand() throws IOException {
    assertThat(status("users", basic("bob", "bob"))).isEqualTo(101);
  }

  @Test
  void the_user_is_shown_with_the_stream() throws IOException {
    ServerLog log = application.server().log();
    int mark = log.mark();

    try (Wire wire = client.open("/members/", "raw", basic("alice", "ecila"))) {
      Management management = new Management(application.server());
      assertThat(management.awaitStream("members").user()).isEqualTo("alice");
      assertThat(wire.send("x").readText(1)).isEqualTo("x");
    }

    assertThat(log.await(mark, "S001 .*route=members ", LIMIT)).contains("user=\"alice\"");
    assertThat(log.await(mark, "S002 .*route=members ", LIMIT)).contains("user=\"alice\"");
  }

  @Test
  void a_user_whom_the_server_knows_counts_without_roles_too() throws IOException {
    String alice = basic("alice", "ecila");

    try (Wire first = client.open("/by-user/", "raw", alice);
        Wire second = client.open("/by-user/", "raw", alice)) {
      Management management = new Management(application.server());
      assertThat(management.awaitStream("by-user").user()).isEqualTo("alice");
      assertThat(status("by-user", basic("bob", "bob"))).as("another session").isEqualTo(503);
      assertThat(status("by-user", "X-Nobody: here")).as("one of its own").isEqualTo(503);
      assertThat(second.send("x").readText(1)).isEqualTo("x");
      assertThat(first.send("x").readText(1)).isEqualTo("x");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "open, http://127.0.0.1:{port}, 101",
    "open, http://127.0.0.1, 403",
    "open, https://127.0.0.1:{port}, 403",
    "open, http://elsewhere.example, 403",
    "open, null, 403",
    "listed, https://app.example, 101",
    "listed, HTTPS://APP.example:443, 101",
    "listed, http://localhost:3000, 101",
    "listed, http://127.0.0.1:{port}, 403",
    "listed, https://app.example.evil.example, 403",
    "any-origin, https://wherever.example, 101",
    "any-origin, null, 101"
  })
  void pages_of_other_origins_get_403(String route, String origin, int status) throws IOException {
    String port = Integer.toString(application.server().port());

    assertThat(status(route, "Origin: " + origin.replace("{port}", port))).isEqualTo(status);
  }

  private static int status(String route, String field) throws IOException {
    try (Wire wire = client.ask("/" + route + "/", WEBSOCKET, field)) {
      return wire.readResponse().status();
    }
  }

  private static String basic(String user, String password) {
    byte[] login = (user + ":" + password).getBytes(UTF_8);
    return "Authorization: Basic " + Base64.getEncoder().encodeToString(login);
  }
}
