package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.host.PoolMXBean;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.ServerLog;
import dev.culvert.testkit.Wire;
import jakarta.json.Json;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Turns of HTTP clients, on pooled sockets of the upstream. */
@ExtendWith(ServerExtension.class)
class TurnsIT extends SimulatedTurns {

  private static final String SECRET = "Bearer upstream-s3cret";

  private static TurnPeer peer;
  private static TurnPeer users;
  private static TurnPeer own;

  @BeforeAll
  static void deploy() throws IOException {
    peer = new TurnPeer(application, "/v1/responses");
    users = new TurnPeer(application, "/users/responses");
    own = new TurnPeer(application, "/own/responses");
    application.deploy(
        Config.empty()
            .turns("v1", "llm", upstream.port())
            .set("upstreams.llm.accounts", "acme")
            .set("accounts.acme.header.Authorization", SECRET)
            .turns("users", "llm", upstream.port())
            .onRoute("users", "roles", "**")
            .turns("own", "plain", upstream.port())
            .turns("counted", "plain", upstream.port())
            .war()
            .withBasicAuthentication()
            .packed());
  }

  @Test
  void a_client_that_streams_gets_the_events() throws Exception {
    try (EventStream events = peer.stream(conversation)) {
      assertThat(events.status()).isEqualTo(200);
      assertThat(events.contentType()).startsWith("text/event-stream");
      assertThat(events.types())
          .containsExactly(
              "response.created",
              "response.in_progress",
              "response.output_item.added",
              "response.output_text.delta",
              "response.output_text.delta",
              "response.completed");
    }
  }

  @Test
  void a_client_that_does_not_stream_gets_the_response() throws Exception {
    HttpResponse<String> answer = peer.ask(conversation);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/json");
    assertThat(answer.body()).startsWith("{\"id\":\"resp_").contains("word0 word1 ");
  }

  @Test
  void turns_of_one_conversation_share_a_connection() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    }

    assertThat(opened()).isEqualTo(1);
  }

  @Test
  void other_conversations_have_their_own() throws Exception {
    for (String name : List.of("a", "b", "c", "a", "b", "c")) {
      assertThat(peer.ask(conversation + name).statusCode()).isEqualTo(200);
    }

    assertThat(opened()).isEqualTo(3);
  }

  @Test
  void other_instructions_have_their_own() throws Exception {
    for (String instructions : List.of("x", "y", "x", "y")) {
      String body =
          TurnPeer.body(conversation, "hello").add("instructions", instructions).build().toString();
      assertThat(peer.post(body).statusCode()).isEqualTo(200);
    }

    assertThat(opened()).isEqualTo(2);
  }

  @Test
  void the_same_beginning_is_the_same_conversation() throws Exception {
    String body = "{\"model\":\"m\",\"input\":\"" + conversation + "\"}";
    assertThat(peer.post(body).statusCode()).isEqualTo(200);
    assertThat(peer.post(body).statusCode()).isEqualTo(200);

    assertThat(opened()).isEqualTo(1);
  }

  @Test
  void two_users_never_share_a_connection() throws Exception {
    for (String user : List.of("alice", "bob", "alice", "bob")) {
      assertThat(users.as(user).ask(conversation).statusCode()).isEqualTo(200);
    }

    assertThat(opened()).isEqualTo(2);
  }

  @Test
  void anonymous_callers_with_other_credentials_share_none() throws Exception {
    for (String key : List.of("Bearer 1", "Bearer 2", "Bearer 1")) {
      assertThat(own.with("Authorization", key).ask(conversation).statusCode()).isEqualTo(200);
    }

    assertThat(opened()).isEqualTo(2);
    assertThat(newest().head().first("Authorization")).hasValue("Bearer 2");
  }

  @Test
  void the_upstream_sees_the_account_and_not_the_callers_credential() throws Exception {
    int mark = application.server().log().mark();
    assertThat(users.as("alice").ask(conversation).statusCode()).isEqualTo(200);

    assertThat(newest().head().first("Authorization")).hasValue(SECRET);
    assertThat(application.server().log().linesFrom(mark)).noneMatch(l -> l.contains("s3cret"));
  }

  @Test
  void who_has_no_role_gets_no_turn() throws Exception {
    assertThat(users.ask(conversation).statusCode()).isEqualTo(401);
    assertThat(opened()).isZero();
  }

  @Test
  void a_continuation_runs_on_the_connection_of_its_response() throws Exception {
    String first = id(peer.ask(conversation));
    HttpResponse<String> second = continuing(first, "another-name");
    String third = id(second);

    assertThat(second.statusCode()).isEqualTo(200);
    assertThat(continuing(third, conversation).statusCode()).isEqualTo(200);
    assertThat(opened()).isEqualTo(1);
  }

  @Test
  void a_response_that_nobody_owns_is_not_asked_for() throws Exception {
    String first = id(peer.ask(conversation));
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    int requests = upstream.requests().size();

    HttpResponse<String> stale = continuing(first, conversation);

    assertThat(stale.statusCode()).isEqualTo(400);
    assertThat(stale.body())
        .contains("\"code\":\"previous_response_not_found\"", "refused(missing-owner)");
    assertThat(opened()).isEqualTo(1);
    assertThat(upstream.requests()).hasSize(requests);
  }

  @Test
  void anothers_response_is_not_found() throws Exception {
    String first = id(users.as("alice").ask(conversation));

    String body =
        Json.createObjectBuilder()
            .add("previous_response_id", first)
            .add("input", "go on")
            .build()
            .toString();

    assertThat(users.as("bob").post(body).statusCode()).isEqualTo(400);
    assertThat(users.as("alice").post(body).statusCode()).isEqualTo(200);
    assertThat(opened()).isEqualTo(1);
  }

  private static String id(HttpResponse<String> answer) {
    return answer.body().replaceAll("^\\{\"id\":\"([^\"]*)\".*", "$1");
  }

  private static HttpResponse<String> continuing(String response, String name) throws Exception {
    return peer.post(
        TurnPeer.body(name, "go on").add("previous_response_id", response).build().toString());
  }

  @Test
  void an_operator_evicts_an_account() throws Exception {
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    PoolMXBean pool = Management.poolOf(application);
    assertThat(pool.list()).anyMatch(socket -> socket.conversation().equals("=" + conversation));

    assertThat(pool.evict("acme")).isPositive();

    await("the end of the sockets")
        .atMost(LIMIT)
        .until(() -> pool.list().stream().noneMatch(s -> s.account().equals("acme")));
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(opened()).isEqualTo(2);
  }

  @Test
  void an_operator_turns_the_pool_off_and_on() throws Exception {
    PoolMXBean pool = Management.poolOf(application);
    pool.setEnabled(false);
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(opened()).isEqualTo(2);

    pool.setEnabled(true);
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(opened()).isEqualTo(3);
  }

  @Test
  void every_dispatch_is_logged_once_with_its_decision() throws Exception {
    ServerLog log = application.server().log();
    int mark = log.mark();
    assertThat(peer.with("X-Request-Id", "req-1").ask(conversation).statusCode()).isEqualTo(200);
    assertThat(peer.with("X-Request-Id", "req-2").ask(conversation).statusCode()).isEqualTo(200);

    String first = log.await(mark, "CULVERT-T002 .*request=\"req-1\"", LIMIT);
    String second = log.await(mark, "CULVERT-T002 .*request=\"req-2\"", LIMIT);

    assertThat(first).containsPattern("route=v1 .*account=acme ws=new:[0-9a-f]{8} ");
    String socket = first.replaceAll(".*ws=new:([0-9a-f]{8}).*", "$1");
    assertThat(second)
        .contains("ws=reuse:" + socket, "conversation=\"=" + conversation, "resume=false");
    assertThat(log.linesFrom(mark)).filteredOn(line -> line.contains("CULVERT-T002")).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"'not json', 400, invalid_json", "'[1]', 400, invalid_json", "'', 400, invalid_json"})
  void what_is_no_request_is_refused(String body, int status, String code) throws Exception {
    HttpResponse<String> answer = peer.post(body);

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
    assertThat(opened()).isZero();
  }

  @Test
  void other_methods_are_refused() throws Exception {
    HttpResponse<String> answer =
        HttpAnswers.get(application.http("/v1/responses"), HttpAnswers.ANONYMOUS);

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).hasValue("POST");
  }

  @Test
  @Tag(ServerKind.ONLY_PAYARA)
  void turns_are_counted() throws Exception {
    TurnPeer counted = new TurnPeer(application, "/counted/responses");
    assertThat(counted.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(counted.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(counted.post("not json").statusCode()).isEqualTo(400);

    Metrics metrics = Metrics.of(application.server());
    String route = "route=\"counted\"";
    metrics.await(2, "culvert_turns_total", route, "outcome=\"completed\"");
    metrics.await(1, "culvert_turns_total", route, "outcome=\"refused\"");
    metrics.await(2, "culvert_turn_duration_seconds_count", route);
    metrics.await(2, "culvert_turn_first_event_seconds_count", route);
    assertThat(metrics.value("culvert_pool_decisions_total", "decision=\"new\"").orElse(0))
        .isPositive();
    assertThat(
            metrics
                .value("culvert_pool_sockets", "account=\"upstream:plain\"", "state=\"idle\"")
                .orElse(0))
        .isPositive();
  }

  @Test
  void a_post_that_asks_for_an_upgrade_is_refused() throws Exception {
    String body = TurnPeer.body(conversation, "hello").build().toString();
    String request =
        new Client(application)
            .request("/v1/responses", "raw", "Content-Length: " + body.length())
            .replaceFirst("GET", "POST");
    try (Wire wire = new Client(application).connect().send(request + body)) {
      assertThat(wire.readResponse().status()).isEqualTo(400);
    }
    assertThat(opened()).isZero();
  }

  /**
   * The JDK's client offers it with each request of its own accord. Payara takes the offer and then
   * cannot read a body that comes after the head without blocking.
   */
  @Test
  @Tag(ServerKind.ONLY_WILDFLY)
  void a_client_that_offers_http2_gets_its_turns() throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(application.http("/v1/responses"))
            .timeout(LIMIT)
            .POST(BodyPublishers.ofString(TurnPeer.body(conversation, "x").build().toString()))
            .build();

    assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    assertThat(opened()).isEqualTo(1);
  }

  /** WildFly has a limit of its own, 10 MiB, and answers 400. */
  @Test
  @Tag(ServerKind.ONLY_PAYARA)
  void a_request_that_is_too_long_is_refused() throws Exception {
    String head =
        "POST "
            + application.contextPath()
            + "/v1/responses HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: "
            + (16 * 1024 * 1024 + 1)
            + "\r\n\r\n";
    try (Wire wire = new Client(application).connect().send(head)) {
      assertThat(wire.readResponse().status()).isEqualTo(413);
    }
  }
}
