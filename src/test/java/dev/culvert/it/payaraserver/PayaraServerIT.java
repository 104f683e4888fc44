package dev.culvert.it.payaraserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.it.HttpAnswers;
import dev.culvert.it.ScriptRedis;
import dev.culvert.it.ServerScripts;
import dev.culvert.it.clients.JdkClient;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.FreePort;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.WorkDirectory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Deploys and configures the WAR with the scripts of {@code server-config/payara}. */
@Tag("payara-server")
@TestMethodOrder(OrderAnnotation.class)
class PayaraServerIT {

  private static final String WAR = Path.of("target/culvert.war").toString();
  private static final String LOGIN = Path.of("server-config/login/web.xml").toString();
  private static final String USER = HttpAnswers.basic(ServerScripts.USER, ServerScripts.PASSWORD);
  private static final Pattern LISTENERS = Pattern.compile("<(?:network-listener|http|ssl) [^>]*>");
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Where {@code asadmin} sets keys. */
  private record Source(String kind, String name) {
    String options() {
      return "--source=" + kind + (name.isEmpty() ? "" : " --sourceName=" + name);
    }
  }

  /** Each wins over those after it. */
  private static final List<Source> SOURCES =
      List.of(
          new Source("application", "culvert"),
          new Source("server", "server"),
          new Source("config", "server-config"),
          new Source("domain", ""));

  private static PayaraServer server;
  private static EchoUpstream upstream;
  private static ScriptRedis redis;
  private static int listener;
  private static ServerScripts scripts;
  private static String before;

  @BeforeAll
  static void deploy() throws IOException, InterruptedException {
    upstream = EchoUpstream.start();
    redis = new ScriptRedis();
    server =
        PayaraServer.start(
            Path.of(WorkDirectory.required("culvert.payara-server")),
            Map.of(ScriptRedis.VARIABLE, ScriptRedis.PASSWORD));
    listener = FreePort.find();
    scripts =
        new ServerScripts(
                "payara",
                Map.of(
                    "127.0.0.1:9000",
                    "127.0.0.1:" + upstream.port(),
                    "listenerport=8090",
                    "listenerport=" + listener))
            .with(redis.replacements());
    createUser();
    before = server.configuration();
    run(
        "culvert.asadmin",
        "redis.asadmin",
        "login.asadmin",
        "listeners.asadmin",
        "headers.asadmin",
        "logging.asadmin");
    server.restart(); // as headers.asadmin says; the application comes some time later
    await("route")
        .atMost(LIMIT)
        .ignoreExceptions()
        .until(() -> HttpAnswers.get(metrics(), HttpAnswers.ANONYMOUS).statusCode() == 401);
  }

  private static URI metrics() {
    return server.http("/culvert/admin/metrics");
  }

  private static void createUser() throws IOException, InterruptedException {
    Path password = WorkDirectory.create("user").resolve("password");
    Files.writeString(password, "AS_ADMIN_USERPASSWORD=" + ServerScripts.PASSWORD, UTF_8);
    server.asadmin(
        "--passwordfile",
        password.toString(),
        "create-file-user",
        "--groups",
        "culvert-reader",
        ServerScripts.USER);
  }

  private static void run(String... names) throws IOException, InterruptedException {
    server.asadmin("multimode", "--file", scripts.joined(List.of(names)).toString());
  }

  @AfterAll
  static void end() throws IOException, InterruptedException {
    if (server != null) {
      server.stop();
    }
    upstream.close();
    redis.close();
  }

  @Test
  @Order(1)
  void a_detached_stream_lives_through_redeployments() throws Exception {
    try (JdkClient client = new JdkClient()) {
      client.ask("open " + server.ws("/culvert/chat/room"));
      assertThat(client.ask("text 20")).isEqualTo("echoed text 20");

      server.asadmin("redeploy", "--name", "culvert", "--altdd", LOGIN, WAR);
      assertThat(client.ask("text 21")).isEqualTo("echoed text 21");
      server.asadmin("undeploy", "culvert");
      assertThat(client.ask("text 22")).isEqualTo("echoed text 22");
      server.asadmin(
          "deploy", "--name", "culvert", "--contextroot", "culvert", "--altdd", LOGIN, WAR);
      assertThat(client.ask("text 23")).isEqualTo("echoed text 23");
    }
    await("the log").atMost(LIMIT).until(() -> server.log().contains("CULVERT-S002"));
  }

  @Test
  @Order(2)
  void the_own_listener_leads_to_the_route() throws Exception {
    try (JdkClient client = new JdkClient()) {
      client.ask("open ws://127.0.0.1:" + listener + "/culvert/chat/room");

      assertThat(client.ask("text 20")).isEqualTo("echoed text 20");
    }
  }

  @Test
  @Order(3)
  void the_https_listener_leads_to_the_route_and_has_browsers_come_back_to_it() throws Exception {
    HttpClient http =
        HttpClient.newBuilder()
            .version(Version.HTTP_1_1)
            .sslContext(server.clientContext())
            .build();
    try (JdkClient client = new JdkClient(http)) {
      client.ask("open " + server.secure("wss", "/culvert/chat/room"));

      assertThat(client.ask("text 20")).isEqualTo("echoed text 20");
      assertThat(upstream.lastHead().orElseThrow().first("X-Forwarded-Proto")).hasValue("https");
    }
    HttpRequest page = HttpRequest.newBuilder(server.secure("https", "/culvert/")).build();
    assertThat(http.send(page, BodyHandlers.discarding()).headers().map())
        .containsKey("strict-transport-security");
  }

  @Test
  @Order(4)
  void an_application_wins_over_a_server_over_a_configuration_over_a_domain() throws Exception {
    runLines(atTwoSourcesEach("set-config-property %s --propertyName=%s --propertyValue=%s"));

    await("the next reload").atMost(LIMIT).until(() -> headOfAStream().first("X-2").isPresent());
    RequestHead seen = headOfAStream();
    assertThat(seen.first("X-0")).hasValue("application");
    assertThat(seen.first("X-1")).hasValue("server");
    assertThat(seen.first("X-2")).hasValue("config");

    runLines(atTwoSourcesEach("delete-config-property %s --propertyName=%s"));
  }

  /** What the upstream sees of one that is opened now. */
  private static RequestHead headOfAStream() throws Exception {
    try (JdkClient client = new JdkClient()) {
      client.ask("open " + server.ws("/culvert/chat/room"));
      return upstream.lastHead().orElseThrow();
    }
  }

  /**
   * A command for each header at the two sources that set it; the one that wins comes first, since
   * Payara caches what it sees.
   *
   * @param command takes options that name the source, the key, and the source again
   */
  private static List<String> atTwoSourcesEach(String command) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < SOURCES.size() - 1; i++) {
      String key = "culvert.routes.chat.headers.request.set.X-" + i;
      for (Source source : SOURCES.subList(i, i + 2)) {
        lines.add(command.formatted(source.options(), key, source.kind()));
      }
    }
    return lines;
  }

  private static void runLines(List<String> commands) throws IOException, InterruptedException {
    Path file = Files.write(WorkDirectory.create("commands").resolve("asadmin"), commands);
    server.asadmin("multimode", "--file", file.toString());
  }

  @Test
  @Order(5)
  void the_administrators_metrics_ask_for_a_password() throws Exception {
    HttpResponse<String> challenge = HttpAnswers.get(metrics(), HttpAnswers.ANONYMOUS);
    assertThat(challenge.statusCode()).isEqualTo(401);
    assertThat(challenge.headers().firstValue("WWW-Authenticate").orElse("")).contains("Basic");
    assertThat(challenge.headers().firstValue("Server")).isEmpty();
    assertThat(challenge.headers().firstValue("X-Powered-By")).isEmpty();
    assertThat(HttpAnswers.get(metrics(), USER).body())
        .containsPattern("culvert_handshakes_total\\{route=\"chat\",outcome=\"opened\"} [1-9]");
  }

  @Test
  @Order(6)
  void sessions_are_counted_in_the_redis_whose_password_is_in_the_environment() throws Exception {
    redis.assertCounts(server.port());
    assertThat(server.configuration()).doesNotContain(ScriptRedis.PASSWORD);
  }

  @Test
  @Order(7)
  void the_restore_scripts_leave_nothing_behind() throws Exception {
    run(
        "logging.restore.asadmin",
        "headers.restore.asadmin",
        "listeners.restore.asadmin",
        "login.restore.asadmin",
        "redis.restore.asadmin",
        "culvert.restore.asadmin");

    String after = server.configuration();
    assertThat(after).doesNotContain("culvert");
    assertThat(listeners(after)).isEqualTo(listeners(before));
  }

  /** Of everything else Payara writes out defaults at times. */
  private static List<String> listeners(String configuration) {
    return LISTENERS.matcher(configuration).results().map(MatchResult::group).toList();
  }
}
