package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.app.ExpiringAuthentication;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a connection of an upstream is kept for, when credentials and rules change. */
@ExtendWith(ServerExtension.class)
class TurnKeysIT extends SimulatedTurns {

  /** In epoch seconds: long after the test. */
  private static final long EXPIRES = 4_000_000_000L;

  @BeforeAll
  static void deploy() throws IOException {
    application.configure("mp.config.cache.duration", "0"); // the server caches for a minute
    application.deploy(
        Config.empty()
            .turns("users", "llm", upstream.port())
            .onRoute("users", "roles", "**")
            .set("upstreams.llm.accounts", "acme")
            .set("accounts.acme.header.Authorization", "Bearer acme")
            .turns("own", "plain", upstream.port())
            .onRoute("own", "roles", "**")
            .turns("ruled", "plain", upstream.port())
            .onRoute("ruled", "headers.request.set.X-Rule", "before")
            .set("pool.max-per-account", "2")
            .set("reload-interval", "0")
            .war()
            .withClasses(ExpiringAuthentication.class)
            .packed());
  }

  private void awaitConnections(int count) {
    await("connections")
        .atMost(LIMIT)
        .until(
            () ->
                upstream.connections().stream().filter(c -> c.number() > before).count() == count);
  }

  /** The same user with another token each time. */
  private static TurnPeer carol(String route, int token) {
    return new TurnPeer(application, "/" + route + "/responses")
        .with("Authorization", "Expires " + (EXPIRES + token));
  }

  @Test
  void a_conversation_goes_on_when_the_users_token_is_renewed() throws Exception {
    String first = id(carol("users", 1).ask(conversation));

    assertThat(continuing(carol("users", 2), first).statusCode()).isEqualTo(200);
    assertThat(carol("users", 3).ask(conversation).statusCode()).isEqualTo(200);

    assertThat(opened()).isEqualTo(1);
  }

  @Test
  void where_the_upstream_sees_the_token_a_renewed_one_has_a_connection_of_its_own()
      throws Exception {
    String first = id(carol("own", 1).ask(conversation));

    HttpResponse<String> refused = continuing(carol("own", 2), first);
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("account-mismatch");
    assertThat(carol("own", 2).ask(conversation).statusCode()).isEqualTo(200);

    assertThat(newest().head().first("Authorization")).hasValue("Expires " + (EXPIRES + 2));
    // The former token may still be in use elsewhere.
    assertThat(continuing(carol("own", 1), first).statusCode()).isEqualTo(200);
    assertThat(opened()).isEqualTo(2);
    awaitConnections(2);
  }

  private static String id(HttpResponse<String> answer) {
    return answer.body().replaceAll("^\\{\"id\":\"([^\"]*)\".*", "$1");
  }

  private HttpResponse<String> continuing(TurnPeer peer, String response) throws Exception {
    return peer.post(
        TurnPeer.body(conversation, "go on")
            .add("previous_response_id", response)
            .build()
            .toString());
  }

  @Test
  void after_a_change_of_rules_no_turn_runs_on_what_was_opened_before() throws Exception {
    TurnPeer peer = new TurnPeer(application, "/ruled/responses");
    String first = id(peer.ask(conversation));
    assertThat(newest().head().first("X-Rule")).hasValue("before");

    application.configure("culvert.routes.ruled.headers.request.set.X-Rule", "after");
    assertThat(new Management(application.server()).streams().reload()).isPositive();

    assertThat(continuing(peer, first).statusCode()).isEqualTo(400);
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(newest().head().first("X-Rule")).hasValue("after");
    assertThat(opened()).isEqualTo(2);
    awaitConnections(1);
  }
}
