package dev.culvert.it;

import static dev.culvert.it.Config.RAW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.TestServer;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The endpoint {@code /admin/metrics}. */
@ExtendWith(ServerExtension.class)
class AdminMetricsIT {

  private static final String PATH = "/admin/metrics";
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String ADMIN = HttpAnswers.basic("alice", "ecila");

  private static EchoUpstream echo;
  private static Application application;
  private static Client client;

  @BeforeAll
  static void deploy(Application deployed) throws IOException {
    application = deployed;
    client = new Client(application);
    echo = EchoUpstream.start();
    application.deploy(
        Config.empty()
            .set("admin.roles", "chat")
            .set("metrics.duration-buckets", "1m, 1h")
            .routeTo("echo", echo.url())
            .war()
            .withBasicAuthentication()
            .packed());
  }

  @AfterAll
  static void close() {
    echo.close();
  }

  @Test
  void an_anonymous_caller_gets_the_servers_challenge() throws Exception {
    HttpResponse<String> answer = send(application, "GET", HttpAnswers.ANONYMOUS);

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate").orElse("")).contains("Basic");
    assertThat(answer.body()).doesNotContain("culvert_");
  }

  @Test
  void a_user_without_the_role_gets_403() throws Exception {
    HttpResponse<String> answer = send(application, "GET", HttpAnswers.basic("bob", "bob"));

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body())
        .isEqualTo("403 role: none that may do this (expected: one of [chat, culvert-reader])\n");
  }

  @Test
  void without_an_authentication_of_the_application_nobody_gets_in(TestServer server)
      throws Exception {
    try (Application open = server.application("open")) {
      open.deploy(Config.empty().set("admin.roles", "**").packed());

      HttpResponse<String> answer = send(open, "GET", ADMIN);

      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.body()).doesNotContain("culvert_");
    }
  }

  @Test
  void an_administrator_gets_prometheus_text_that_nobody_may_store() throws Exception {
    HttpResponse<String> answer = send(application, "GET", ADMIN);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(withoutSpaces(answer.headers().firstValue("Content-Type").orElse("")))
        .isEqualTo("text/plain;version=0.0.4;charset=utf-8");
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
  }

  @Test
  void an_ended_stream_is_in_a_true_histogram() throws Exception {
    try (Wire wire = client.open("/echo/", RAW)) {
      wire.send("12345").readText(5);
      assertThat(read())
          .contains(
              "# TYPE culvert_streams_active gauge\n",
              "culvert_streams_active{route=\"echo\",upstream=\"echo\"} 1\n",
              "# TYPE culvert_stream_bytes_total counter\n",
              "culvert_stream_bytes_total{upstream=\"echo\",direction=\"to_upstream\"} 5\n");
    }

    await("the end of the stream")
        .atMost(LIMIT)
        .until(() -> read().contains("culvert_streams_total{"));
    String series = "{route=\"echo\",result=\"closed\"";
    assertThat(read())
        .contains(
            "# HELP culvert_stream_duration_seconds How long ended streams have lived.\n"
                + "# TYPE culvert_stream_duration_seconds histogram\n",
            "culvert_stream_duration_seconds_bucket" + series + ",le=\"60\"} 1\n",
            "culvert_stream_duration_seconds_bucket" + series + ",le=\"3600\"} 1\n",
            "culvert_stream_duration_seconds_bucket" + series + ",le=\"+Inf\"} 1\n",
            "culvert_stream_duration_seconds_sum" + series + "} ",
            "culvert_stream_duration_seconds_count" + series + "} 1\n")
        .doesNotContain("culvert_streams_active{");
  }

  @Test
  void head_is_answered_without_body() throws Exception {
    HttpResponse<String> answer = send(application, "HEAD", ADMIN);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(answer.headers().firstValue("Content-Type").orElse("")).contains("version=0.0.4");
    assertThat(answer.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"})
  void other_methods_get_405(String method) throws Exception {
    HttpResponse<String> answer = send(application, method, ADMIN);

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).hasValue("GET, HEAD");
  }

  @Test
  void at_the_root_context_a_route_for_everything_gets_upgrades_only(TestServer server)
      throws Exception {
    int mark = server.log().mark();
    try (Application root = server.rootApplication("root-metrics")) {
      root.deploy(
          Config.empty()
              .set("admin.roles", "chat")
              .upstream("echo", echo.url())
              .set("routes.everything.path", "/*")
              .set("routes.everything.upstreams", "echo")
              .war()
              .withBasicAuthentication()
              .packed());

      try (Wire wire = new Client(root).open(PATH, RAW)) {
        assertThat(wire.send("upgraded").readText(8)).isEqualTo("upgraded");
      }
      assertThat(send(root, "GET", ADMIN).body())
          .contains("culvert_handshakes_total{route=\"everything\",outcome=\"opened\"} 1\n");
      assertThat(server.log().await(mark, "CULVERT-G009", LIMIT)).contains("everything=[", PATH);
    }
  }

  private static String read() throws IOException, InterruptedException {
    return send(application, "GET", ADMIN).body();
  }

  private static HttpResponse<String> send(Application to, String method, String authorization)
      throws IOException, InterruptedException {
    return HttpAnswers.send(method, to.http(PATH), authorization);
  }

  private static String withoutSpaces(String header) {
    return header.replace(" ", "").toLowerCase(Locale.ROOT);
  }
}
