package dev.culvert.it;

import static dev.culvert.it.Administrators.ADMIN;
import static dev.culvert.it.Administrators.USER;
import static dev.culvert.it.Administrators.act;
import static dev.culvert.it.Administrators.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.ServerExtension;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The endpoints {@code /admin/pool} and {@code /admin/pool/evict}. */
@ExtendWith(ServerExtension.class)
class AdminPoolIT extends SimulatedTurns {

  private static final String LIST = "/admin/pool";
  private static final String EVICT = "/admin/pool/evict";
  private static final String FORM = "application/x-www-form-urlencoded";

  private static TurnPeer ours;
  private static TurnPeer own;

  @BeforeAll
  static void deploy() throws IOException {
    ours = new TurnPeer(application, "/v1/responses");
    own = new TurnPeer(application, "/own/responses");
    application.deploy(
        Config.empty()
            .set("admin.roles", "chat")
            .turns("v1", "llm", upstream.port())
            .set("upstreams.llm.accounts", "acme")
            .set("accounts.acme.header.Authorization", "Bearer acme-s3cret")
            .set("accounts.spare.header.Authorization", "Bearer spare")
            .turns("own", "plain", upstream.port())
            .war()
            .withBasicAuthentication()
            .packed());
  }

  @Test
  void an_administrator_sees_the_connections() throws Exception {
    assertThat(ours.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(ours.ask(conversation).statusCode()).isEqualTo(200);

    HttpResponse<String> answer = HttpAnswers.get(application.http(LIST), ADMIN);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/json");
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(answer.body()).doesNotContain("s3cret");
    assertThat(sockets(answer, "acme"))
        .filteredOn(socket -> socket.getString("conversation").equals("=" + conversation))
        .singleElement()
        .satisfies(
            socket -> {
              assertThat(socket.getString("state")).isEqualTo("idle");
              assertThat(socket.getInt("turns")).isEqualTo(2);
              assertThat(socket.getString("endpoint")).startsWith("ws://127.0.0.1:");
            });
  }

  @Test
  void an_administrator_evicts_an_account() throws Exception {
    assertThat(ours.ask(conversation).statusCode()).isEqualTo(200);
    long opened = upstream.accepted();

    HttpResponse<String> answer = evict("account=acme");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(read(answer).getString("account")).isEqualTo("acme");
    assertThat(read(answer).getInt("evicted")).isPositive();
    assertThat(sockets(HttpAnswers.get(application.http(LIST), ADMIN), "acme")).isEmpty();
    assertThat(ours.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(upstream.accepted()).isEqualTo(opened + 1);
  }

  @Test
  void or_one_credential_of_a_caller_or_all_at_an_upstream() throws Exception {
    for (String token : List.of("Bearer 1", "Bearer 2", "Bearer 3")) {
      assertThat(own.with("Authorization", token).ask(conversation).statusCode()).isEqualTo(200);
    }
    List<JsonObject> before =
        sockets(HttpAnswers.get(application.http(LIST), ADMIN), "upstream:plain#");
    assertThat(before).hasSize(3).allMatch(s -> !s.toString().contains("Bearer"));

    String one = before.get(0).getString("account");
    assertThat(read(evict("account=" + one.replace("#", "%23"))).getInt("evicted")).isEqualTo(1);
    assertThat(read(evict("account=upstream:plain")).getInt("evicted")).isEqualTo(2);

    await("the end")
        .atMost(LIMIT)
        .until(
            () ->
                sockets(HttpAnswers.get(application.http(LIST), ADMIN), "upstream:plain")
                    .isEmpty());
  }

  @Test
  void a_configured_account_without_connections_is_none_of_a_fault() throws Exception {
    assertThat(read(evict("account=spare")).getInt("evicted")).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "account=nobody, 404, account: unknown (expected: one that is configured or has connections)",
    "account=acm, 404, account: unknown (expected: one that is configured or has connections)",
    "'', 400, account: 0 (expected: one name)",
    "account=, 400, account: 1 (expected: one name)",
    "account=acme&account=spare, 400, account: 2 (expected: one name)"
  })
  void what_is_no_account_is_refused(String query, int status, String detail) throws Exception {
    HttpResponse<String> answer = evict(query);

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).isEqualTo(status + " " + detail + "\n");
  }

  /** What a page of somebody else can make a browser send, with the login that it remembers. */
  @ParameterizedTest
  @ValueSource(strings = {FORM, "text/plain", "multipart/form-data; boundary=x"})
  void a_form_of_another_site_evicts_nothing(String type) throws Exception {
    assertThat(ours.ask(conversation).statusCode()).isEqualTo(200);
    long opened = upstream.accepted();

    HttpResponse<String> answer =
        HttpAnswers.post(
            application.http(EVICT + "?account=acme"),
            ADMIN,
            Map.of("Content-Type", type, "Origin", "http://elsewhere.example"),
            "account=acme");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).startsWith("400 X-Requested-By: absent");
    assertThat(ours.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(upstream.accepted()).isEqualTo(opened);
  }

  @ParameterizedTest
  @CsvSource({
    "/admin/pool, POST, 'GET, HEAD'",
    "/admin/pool, DELETE, 'GET, HEAD'",
    "/admin/pool/evict?account=acme, GET, POST",
    "/admin/pool/evict?account=acme, HEAD, POST",
    "/admin/pool/evict?account=acme, PUT, POST"
  })
  void other_methods_get_405(String path, String method, String allowed) throws Exception {
    HttpResponse<String> answer = HttpAnswers.send(method, application.http(path), ADMIN);

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).hasValue(allowed);
  }

  @Test
  void what_is_not_there_is_not_found() throws Exception {
    assertThat(HttpAnswers.get(application.http("/admin/pool/other"), ADMIN).statusCode())
        .isEqualTo(404);
  }

  @Test
  void nobody_else_gets_in() throws Exception {
    for (String caller : List.of(HttpAnswers.ANONYMOUS, USER)) {
      int status = caller.equals(USER) ? 403 : 401;
      HttpResponse<String> list = HttpAnswers.get(application.http(LIST), caller);
      HttpResponse<String> eviction = act(application.http(EVICT + "?account=acme"), caller);

      assertThat(list.statusCode()).isEqualTo(status);
      assertThat(list.body()).doesNotContain("sockets");
      assertThat(eviction.statusCode()).isEqualTo(status);
    }
  }

  private static HttpResponse<String> evict(String query) throws Exception {
    return act(application.http(EVICT + "?" + query), ADMIN);
  }

  private static List<JsonObject> sockets(HttpResponse<String> answer, String account) {
    return read(answer).getJsonArray("sockets").getValuesAs(JsonObject.class).stream()
        .filter(socket -> socket.getString("account").startsWith(account))
        .toList();
  }
}
