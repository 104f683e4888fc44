package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.sim.Action;
import dev.culvert.sim.Script;
import dev.culvert.sim.Stage;
import dev.culvert.testkit.ServerExtension;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What becomes of pooled sockets whose client goes away, whose conversation is busy, which are too
 * many, or whose credential is refused.
 */
@ExtendWith(ServerExtension.class)
class TurnPoolIT extends SimulatedTurns {

  private static TurnPeer peer;
  private static TurnPeer lively;

  @BeforeAll
  static void deploy() throws IOException {
    peer = new TurnPeer(application, "/v1/responses");
    lively = new TurnPeer(application, "/lively/responses");
    application.deploy(
        Config.empty()
            .turns("v1", "llm", upstream.port())
            .turns("lively", "llm", upstream.port())
            .onRoute("lively", "turn.heartbeat", "100ms")
            .turns("accounts", "shared", upstream.port())
            .set("upstreams.shared.accounts", "one, two")
            .set("accounts.one.header.Authorization", "Bearer 1")
            .set("accounts.two.header.Authorization", "Bearer 2")
            .set("pool.max-per-account", "2")
            .packed());
  }

  @Test
  void a_client_that_goes_away_in_the_middle_ends_its_socket() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    upstream.script(Script.fault(Stage.VISIBLE, new Action.Wait(gate)));
    try (EventStream events = lively.stream(conversation)) {
      assertThat(events.await("response.output_text.delta")).isNotNull();
    }

    assertSocketEnds(gate);
  }

  @Test
  void a_client_that_goes_away_before_the_first_event_ends_its_socket() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    upstream.script(Script.fault(Stage.FRAME, new Action.Wait(gate)));
    try (EventStream events = lively.stream(conversation)) {
      assertThat(events.next().type()).isEqualTo(":");
    }

    assertSocketEnds(gate);
  }

  private void assertSocketEnds(CountDownLatch gate) throws Exception {
    awaitNoSocket();
    gate.countDown();
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(opened()).isEqualTo(2);
  }

  @Test
  void a_busy_conversation_has_another_socket() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    upstream.script(Script.fault(Stage.VISIBLE, new Action.Wait(gate)));
    try (EventStream busy = peer.stream(conversation)) {
      assertThat(busy.await("response.output_text.delta")).isNotNull();
      int mark = application.server().log().mark();

      assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);

      assertThat(application.server().log().await(mark, "ws=bypass\\(busy\\)", LIMIT)).isNotNull();
      gate.countDown();
      assertThat(busy.types()).endsWith("response.completed");
    }
  }

  @Test
  void a_continuation_of_a_busy_conversation_is_refused() throws Exception {
    String first = peer.ask(conversation).body().replaceAll("^\\{\"id\":\"([^\"]*)\".*", "$1");
    CountDownLatch gate = new CountDownLatch(1);
    upstream.script(Script.fault(Stage.VISIBLE, new Action.Wait(gate)));
    try (EventStream busy = peer.stream(conversation)) {
      assertThat(busy.await("response.output_text.delta")).isNotNull();
      int requests = upstream.requests().size();
      String body =
          TurnPeer.body(conversation, "x").add("previous_response_id", first).build().toString();

      assertThat(peer.post(body).statusCode()).isEqualTo(409);

      gate.countDown();
      assertThat(upstream.requests()).hasSize(requests);
      assertThat(opened()).isEqualTo(1);
    }
  }

  @Test
  void above_the_cap_turns_have_sockets_of_their_own_and_idle_ones_make_room() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    Script waiting = Script.fault(Stage.VISIBLE, new Action.Wait(gate));
    upstream.script(waiting, waiting);
    try (EventStream first = peer.stream(conversation + 1);
        EventStream second = peer.stream(conversation + 2)) {
      assertThat(first.await("response.output_text.delta")).isNotNull();
      assertThat(second.await("response.output_text.delta")).isNotNull();
      int mark = application.server().log().mark();
      assertThat(peer.ask(conversation + 3).statusCode()).isEqualTo(200);
      assertThat(application.server().log().await(mark, "ws=bypass\\(cap\\)", LIMIT)).isNotNull();
      gate.countDown();
      assertThat(first.types()).endsWith("response.completed");
      assertThat(second.types()).endsWith("response.completed");
    }
    int mark = application.server().log().mark();
    assertThat(peer.ask(conversation + 3).statusCode()).isEqualTo(200);
    assertThat(application.server().log().await(mark, "ws=new:", LIMIT)).isNotNull();
  }

  @Test
  void one_callers_conversations_leave_those_of_others_alone() throws Exception {
    TurnPeer alice = peer.with("Authorization", "Bearer alice");
    TurnPeer bob = peer.with("Authorization", "Bearer bob");
    assertThat(alice.ask(conversation).statusCode()).isEqualTo(200);
    for (int i = 0; i < 3; i++) {
      assertThat(bob.ask(conversation + i).statusCode()).isEqualTo(200);
    }

    assertThat(alice.ask(conversation).statusCode()).isEqualTo(200);

    assertThat(opened()).isEqualTo(4);
  }

  @Test
  void a_callers_credential_that_is_refused_is_evicted_alone() throws Exception {
    TurnPeer alice = peer.with("Authorization", "Bearer refused-alice");
    TurnPeer bob = peer.with("Authorization", "Bearer refused-bob");
    assertThat(alice.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(bob.ask(conversation).statusCode()).isEqualTo(200);
    upstream.script(Script.only("{\"type\":\"error\",\"error\":{\"code\":\"token_expired\"}}"));
    int mark = application.server().log().mark();

    assertThat(bob.ask(conversation).statusCode()).isEqualTo(401);

    await("the end of the refused one's")
        .atMost(LIMIT)
        .until(() -> upstream.connections().stream().filter(c -> c.number() > before).count() == 1);
    assertThat(alice.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(opened()).isEqualTo(2);
    assertThat(application.server().log().linesFrom(mark)).noneMatch(l -> l.contains("alice"));
  }

  @Test
  void an_account_that_is_refused_is_evicted_and_rests() throws Exception {
    TurnPeer accounts = new TurnPeer(application, "/accounts/responses");
    assertThat(accounts.ask(conversation).statusCode()).isEqualTo(200);
    String first = newest().head().first("Authorization").orElseThrow();
    upstream.script(Script.only("{\"type\":\"error\",\"error\":{\"code\":\"token_expired\"}}"));
    int mark = application.server().log().mark();

    assertThat(accounts.ask(conversation).statusCode()).isEqualTo(401);

    assertThat(application.server().log().await(mark, "CULVERT-T004", LIMIT))
        .contains("status=401 evicted=1");
    awaitNoConnection();
    assertThat(accounts.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(accounts.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(newest().head().first("Authorization").orElseThrow()).isNotEqualTo(first);
    assertThat(opened()).isEqualTo(2);
  }
}
