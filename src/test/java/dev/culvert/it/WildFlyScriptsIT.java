package dev.culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.it.clients.JdkClient;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.FreePort;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.ServerOptions;
import dev.culvert.testkit.WildFly;
import dev.culvert.testkit.WorkDirectory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The scripts of {@code server-config/wildfly}, all run on one server, and taken back at last. */
@Tag(ServerKind.ONLY_WILDFLY)
@TestMethodOrder(OrderAnnotation.class)
class WildFlyScriptsIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String USER = HttpAnswers.basic(ServerScripts.USER, ServerScripts.PASSWORD);
  private static final Pattern BOUND = Pattern.compile("\"result\" : (\\d+)");

  private static EchoUpstream upstream;
  private static ScriptRedis redis;
  private static WildFly server;
  private static int listener;
  private static ServerScripts scripts;
  private static String shipped;

  @BeforeAll
  static void run() throws IOException, InterruptedException {
    upstream = EchoUpstream.start();
    redis = new ScriptRedis();
    server =
        WildFly.start(
            ServerOptions.DEFAULT.environment(ScriptRedis.VARIABLE, ScriptRedis.PASSWORD));
    listener = FreePort.find();
    scripts =
        new ServerScripts(
                "wildfly",
                Map.of(
                    "127.0.0.1:9000",
                    "127.0.0.1:" + upstream.port(),
                    "port=8090",
                    "port=" + listener))
            .with(redis.replacements());
    server.manage("/system-property=written", "add", Map.of("value", "anew"));
    server.manage("/system-property=written", "remove", Map.of());
    shipped = configuration();
    addUser();
    server.cli(
        scripts.joined(
            List.of(
                "metrics.cli",
                "culvert.cli",
                "redis.cli",
                "login.cli",
                "listeners.cli",
                "headers.cli",
                "logging.cli")));
  }

  /** As the comment in {@code login.cli} says. */
  private static void addUser() throws IOException, InterruptedException {
    Path said = WorkDirectory.create("add-user").resolve("said");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(WorkDirectory.required("culvert.wildfly"), "bin", "add-user.sh").toString(),
                "-a",
                "-u",
                ServerScripts.USER,
                "-p",
                ServerScripts.PASSWORD,
                "-g",
                "culvert-reader",
                "-sc",
                server.configuration().toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(said, UTF_8)).isZero();
  }

  @AfterAll
  static void end() {
    if (server != null) {
      server.close();
    }
    upstream.close();
    redis.close();
  }

  @Test
  @Order(1)
  void a_stream_through_the_own_listener_is_detached_and_logged() throws Exception {
    int mark = server.log().mark();
    try (JdkClient client = new JdkClient()) {
      client.ask("open ws://127.0.0.1:" + listener + "/culvert/chat/room");

      server.cli("deploy --force target/culvert.war");

      assertThat(client.ask("text 20")).isEqualTo("echoed text 20");
    }
    assertThat(server.log().await(mark, "CULVERT-S002", LIMIT)).contains("route=chat");
  }

  @Test
  @Order(2)
  void the_administrators_metrics_ask_for_a_password() throws Exception {
    URI metrics = server.http("/culvert/admin/metrics");

    HttpResponse<String> challenge = HttpAnswers.get(metrics, HttpAnswers.ANONYMOUS);
    assertThat(challenge.statusCode()).isEqualTo(401);
    assertThat(challenge.headers().firstValue("WWW-Authenticate").orElse("")).contains("Basic");
    assertThat(HttpAnswers.get(metrics, USER).body())
        .contains("culvert_handshakes_total{route=\"chat\",outcome=\"opened\"} 1");
  }

  @Test
  @Order(3)
  void micrometer_shows_the_same_counts() throws Exception {
    URI metrics = URI.create("http://127.0.0.1:" + managementPort() + "/prometheus");

    await("handshakes")
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(HttpAnswers.get(metrics, HttpAnswers.ANONYMOUS).body())
                    .contains(
                        "# TYPE culvert_handshakes_total counter\n",
                        "culvert_handshakes_total{WF_DEPLOYMENT=\"culvert.war\",outcome=\"opened\","
                            + "route=\"chat\"} 1.0\n",
                        "culvert_streams_total{",
                        "culvert_stream_duration_seconds_count{",
                        "culvert_stream_duration_seconds_sum{")
                    .containsPattern(
                        "culvert_stream_duration_seconds_buckets\\{[^}]*le=\"\\+Inf\"[^}]*} 1.0\n"));
  }

  @Test
  @Order(4)
  void answers_have_the_headers() throws Exception {
    HttpResponse<String> answer = HttpAnswers.get(server.http("/culvert/"), HttpAnswers.ANONYMOUS);

    assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(answer.headers().firstValue("X-Frame-Options")).hasValue("DENY");
    assertThat(answer.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
    assertThat(answer.headers().firstValue("Server")).isEmpty();
    assertThat(answer.headers().firstValue("X-Powered-By")).isEmpty();
  }

  @Test
  @Order(5)
  void sessions_are_counted_in_the_redis_whose_password_is_in_the_environment() throws Exception {
    redis.assertCounts(server.port());
    assertThat(configuration()).doesNotContain(ScriptRedis.PASSWORD);
  }

  @Test
  @Order(6)
  void the_restore_scripts_leave_nothing_behind() throws Exception {
    server.cli(
        scripts.joined(
            List.of(
                "logging.restore.cli",
                "headers.restore.cli",
                "listeners.restore.cli",
                "login.restore.cli",
                "redis.restore.cli",
                "culvert.restore.cli",
                "metrics.restore.cli")));

    assertThat(configuration()).isEqualTo(shipped);
  }

  private static String configuration() throws IOException {
    return Files.readString(server.configuration().resolve("standalone.xml"), UTF_8);
  }

  private static String managementPort() throws IOException {
    String answer =
        server.manage(
            "/socket-binding-group=standard-sockets/socket-binding=management-http",
            "read-attribute",
            Map.of("name", "bound-port"));
    Matcher port = BOUND.matcher(answer);
    assertThat(port.find()).as(answer).isTrue();
    return port.group(1);
  }
}
