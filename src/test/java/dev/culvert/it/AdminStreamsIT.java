package dev.culvert.it;

import static dev.culvert.it.Administrators.ADMIN;
import static dev.culvert.it.Administrators.BY_A_PROGRAM;
import static dev.culvert.it.Administrators.USER;
import static dev.culvert.it.Administrators.act;
import static dev.culvert.it.Administrators.read;
import static dev.culvert.it.Config.RAW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Wire;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The endpoints {@code /admin/streams} and {@code /admin/streams/close}. */
@ExtendWith(ServerExtension.class)
class AdminStreamsIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String LIST = "/admin/streams";
  private static final String CLOSE = "/admin/streams/close";

  private static EchoUpstream echo;
  private static Application application;
  private static Application neighbour;
  private static Client client;

  @BeforeAll
  static void deploy(Application deployed) throws IOException {
    application = deployed;
    client = new Client(application);
    echo = EchoUpstream.start();
    Config config =
        Config.empty()
            .set("admin.roles", "chat")
            .set("admin.read-roles", "**")
            .upstream("echo", echo.url())
            .route("one", "echo")
            .route("two", "echo")
            .route("mine", "echo")
            .onRoute("mine", "roles", "chat");
    application.deploy(config.war().withBasicAuthentication().packed());
    neighbour = application.server().application("neighbour");
    neighbour.deploy(config.packed());
  }

  @AfterAll
  static void close() {
    neighbour.close();
    echo.close();
  }

  @AfterEach
  void end() throws IOException {
    Management management = new Management(application.server());
    management.streams().closeAll();
    await("the end").atMost(LIMIT).until(() -> management.streams().getActive() == 0);
  }

  @Test
  void an_administrator_sees_live_values_of_each_stream() throws Exception {
    try (WebSocketPeer peer = WebSocketPeer.connect(application.ws("/one/"));
        Wire other = client.open("/two/", RAW)) {
      peer.send("hello").next();
      await("both").atMost(LIMIT).until(() -> streams("").size() == 2);

      HttpResponse<String> answer = HttpAnswers.get(application.http(LIST), ADMIN);

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type").orElse(""))
          .startsWith("application/json");
      assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
      assertThat(streams("?route=one"))
          .singleElement()
          .satisfies(
              stream -> {
                assertThat(stream.getString("id")).isNotEmpty();
                assertThat(stream.getString("upstream")).isEqualTo("echo");
                assertThat(stream.getString("address")).isEqualTo("127.0.0.1:" + echo.port());
                assertThat(stream.getString("state")).isEqualTo("open");
                assertThat(stream.getBoolean("webSocket")).isTrue();
                assertThat(stream.getInt("bytesToUpstream")).isEqualTo(2 + 4 + 5);
                assertThat(stream.getInt("bytesFromUpstream")).isEqualTo(2 + 5);
                assertThat(stream.getInt("messagesFromUpstream")).isEqualTo(1);
              });
      assertThat(streams("?route=one&upstream=other")).isEmpty();
      assertThat(other.send("x").readText(1)).isEqualTo("x");
    }
  }

  @Test
  void one_stream_is_closed_and_no_other_one() throws Exception {
    try (WebSocketPeer peer = WebSocketPeer.connect(application.ws("/one/"));
        Wire other = client.open("/one/", RAW)) {
      peer.send("hello").next();
      await("both").atMost(LIMIT).until(() -> streams("").size() == 2);
      String id =
          streams("").stream()
              .filter(stream -> stream.getBoolean("webSocket"))
              .map(stream -> stream.getString("id"))
              .findAny()
              .orElseThrow();

      assertThat(closed(close("?id=" + id))).isEqualTo(1);

      assertThat(peer.awaitClose()).isEqualTo(new WebSocketPeer.Close(1001, "closed by operator"));
      assertThat(other.send("x").readText(1)).isEqualTo("x");
      await("the end").atMost(LIMIT).until(() -> streams("?id=" + id).isEmpty());
      assertThat(closed(close("?id=" + id))).isZero();
    }
  }

  @Test
  void or_those_of_a_route_of_a_user_of_an_upstream_or_all() throws Exception {
    try (Wire one = client.open("/one/", RAW);
        Wire two = client.open("/two/", RAW);
        Wire mine = client.open("/mine/", RAW, "Authorization: " + ADMIN)) {
      await("all").atMost(LIMIT).until(() -> streams("").size() == 3);
      assertThat(closed(close("?route=one&user=alice"))).isZero();

      assertThat(closed(close("?route=one"))).isEqualTo(1);
      assertThat(one.readToEnd()).isEmpty();
      assertThat(closed(close("?user=alice"))).isEqualTo(1);
      assertThat(mine.readToEnd()).isEmpty();
      assertThat(two.send("x").readText(1)).isEqualTo("x");
      assertThat(closed(close("?upstream=echo"))).isEqualTo(1);
      assertThat(two.readToEnd()).isEmpty();
    }
    try (Wire last = client.open("/one/", RAW)) {
      await("the last").atMost(LIMIT).until(() -> streams("").size() == 1);
      assertThat(closed(close("?all=true"))).isEqualTo(1);
      assertThat(last.readToEnd()).isEmpty();
    }
  }

  @Test
  void streams_of_another_application_are_none_of_their_business() throws Exception {
    try (Wire others = new Client(neighbour).open("/one/", RAW);
        Wire own = client.open("/one/", RAW)) {
      new Management(application.server()).awaitStreams("one", 2);
      assertThat(streams("")).hasSize(1);

      assertThat(closed(close("?all=true"))).isEqualTo(1);

      assertThat(own.readToEnd()).isEmpty();
      assertThat(others.send("x").readText(1)).isEqualTo("x");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', 'no parameter (expected: all=true, id, route, upstream, user)'",
    "'?usr=alice', 'usr: unknown (expected: all, id, route, upstream, user)'",
    "'?route=one&usr=alice', 'usr: unknown (expected: all, id, route, upstream, user)'",
    "'?user=', 'user: 1 (expected: one value)'",
    "'?id=a&id=b', 'id: 2 (expected: one value)'",
    "'?all=yes', 'all: yes (expected: true)'",
    "'?=alice', ': unknown (expected: all, id, route, upstream, user)'"
  })
  void what_names_no_streams_closes_none(String query, String detail) throws Exception {
    try (Wire wire = client.open("/one/", RAW)) {
      HttpResponse<String> answer = close(query);

      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body()).isEqualTo("400 " + detail + "\n");
      assertThat(wire.send("x").readText(1)).isEqualTo("x");
    }
  }

  /** The servers' own parsers leave out what they cannot read. */
  @Test
  void nor_does_what_cannot_be_read() throws Exception {
    try (Wire wire = client.open("/one/", RAW);
        Wire request = client.connect()) {
      request.send(
          "POST "
              + application.contextPath()
              + CLOSE
              + "?route=one&user=50%zz HTTP/1.1\r\n"
              + "Host: here\r\nX-Requested-By: a test\r\nContent-Length: 0\r\n"
              + "Authorization: "
              + ADMIN
              + "\r\n\r\n");
      assertThat(request.readResponse().status()).isEqualTo(400);
      HttpResponse<String> inBody =
          HttpAnswers.post(
              application.http(CLOSE + "?route=one"), ADMIN, BY_A_PROGRAM, "user=alice");
      assertThat(inBody.body())
          .isEqualTo("400 body: present (expected: none, parameters stand in the query)\n");
      assertThat(wire.send("x").readText(1)).isEqualTo("x");
    }
  }

  @Test
  void nor_does_a_form_of_another_site() throws Exception {
    try (Wire wire = client.open("/one/", RAW)) {
      HttpResponse<String> answer =
          HttpAnswers.post(
              application.http(CLOSE),
              ADMIN,
              Map.of(
                  "Content-Type",
                  "application/x-www-form-urlencoded",
                  "Origin",
                  "http://elsewhere.example"),
              "all=true");

      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body()).startsWith("400 X-Requested-By: absent");
      assertThat(wire.send("x").readText(1)).isEqualTo("x");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/admin/streams, POST, 'GET, HEAD'",
    "/admin/streams, DELETE, 'GET, HEAD'",
    "/admin/streams/close?all=true, GET, POST",
    "/admin/reload, GET, POST"
  })
  void other_methods_get_405(String path, String method, String allowed) throws Exception {
    HttpResponse<String> answer = HttpAnswers.send(method, application.http(path), ADMIN);

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).hasValue(allowed);
  }

  /** The list is for readers, too. */
  @Test
  void nobody_else_gets_in() throws Exception {
    try (Wire wire = client.open("/one/", RAW)) {
      HttpResponse<String> list = HttpAnswers.get(application.http(LIST), HttpAnswers.ANONYMOUS);
      assertThat(list.statusCode()).isEqualTo(401);
      assertThat(list.body()).doesNotContain("streams");
      assertThat(HttpAnswers.get(application.http(LIST), USER).statusCode()).isEqualTo(200);
      for (String path : List.of(CLOSE + "?all=true", "/admin/reload")) {
        assertThat(status(path, HttpAnswers.ANONYMOUS)).isEqualTo(401);
        assertThat(status(path, USER)).isEqualTo(403);
      }
      assertThat(wire.send("x").readText(1)).isEqualTo("x");
    }
  }

  private static int status(String path, String caller) throws Exception {
    return act(application.http(path), caller).statusCode();
  }

  private static HttpResponse<String> close(String query) throws Exception {
    return act(application.http(CLOSE + query), ADMIN);
  }

  private static int closed(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isEqualTo(200);
    return read(answer).getInt("closed");
  }

  private static List<JsonObject> streams(String query) throws Exception {
    return read(HttpAnswers.get(application.http(LIST + query), ADMIN))
        .getJsonArray("streams")
        .getValuesAs(JsonObject.class);
  }
}
