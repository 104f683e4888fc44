package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.boundary.SocketInfo;
import dev.culvert.host.PoolMXBean;
import dev.culvert.sim.Action;
import dev.culvert.sim.Script;
import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.sim.Stage;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerLog;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connections to an upstream that is slow to accept them. */
@ExtendWith(ServerExtension.class)
class TurnDialsIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final String conversation = UUID.randomUUID().toString();
  private SimulatedUpstream upstream;
  private Application application;
  private TurnPeer peer;
  private PoolMXBean pool;
  private ServerLog log;
  private int mark;

  @BeforeEach
  void deploy(Application notDeployed) throws IOException {
    upstream = SimulatedUpstream.start();
    application = notDeployed;
    peer = new TurnPeer(application, "/v1/responses");
    application.deploy(
        Config.empty()
            .turns("v1", "llm", upstream.port())
            .set("upstreams.llm.accounts", "acme")
            .set("accounts.acme.header.Authorization", "Bearer acme")
            .set("pool.max-per-account", "2")
            .packed());
    pool = Management.poolOf(application);
    log = application.server().log();
    mark = log.mark();
  }

  @AfterEach
  void close() throws IOException {
    upstream.close();
  }

  private static int status(CompletableFuture<HttpResponse<String>> answer) throws Exception {
    return answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS).statusCode();
  }

  private void awaitDialling(int count) {
    await("dials").atMost(LIMIT).until(() -> inState("connecting").size() == count);
  }

  private List<SocketInfo> inState(String state) {
    return pool.list().stream().filter(socket -> socket.state().equals(state)).toList();
  }

  private List<String> decisions() {
    return log.linesFrom(mark).stream()
        .filter(line -> line.contains("CULVERT-T002"))
        .map(line -> line.replaceAll(".* ws=(\\S+) .*", "$1"))
        .toList();
  }

  private void awaitConnections(int count) {
    await("connections").atMost(LIMIT).until(() -> upstream.live() == count);
  }

  @Test
  void what_was_evicted_while_it_was_opened_serves_no_turn() throws Exception {
    CountDownLatch gate = upstream.holdUpgrades();
    CompletableFuture<HttpResponse<String>> turn = peer.begin(conversation);
    awaitDialling(1);

    assertThat(pool.evict("acme")).isEqualTo(1);
    assertThat(pool.list()).isEmpty();
    gate.countDown();

    assertThat(status(turn)).isEqualTo(200);
    assertThat(decisions()).containsExactly("bypass(dead)");
    awaitConnections(0);
    assertThat(upstream.accepted()).isEqualTo(2);
    assertThat(upstream.requests()).extracting("connection").containsExactly(2L);
  }

  @Test
  void what_is_being_opened_when_the_deployment_ends_is_given_up() throws Exception {
    CountDownLatch gate = upstream.holdUpgrades();
    CompletableFuture<HttpResponse<String>> turn = peer.begin(conversation);
    awaitDialling(1);

    application.undeploy();

    assertThat(status(turn)).isEqualTo(503);
    assertThat(pool.list()).isEmpty();
    gate.countDown();
    awaitConnections(0);
    assertThat(upstream.requests()).isEmpty();
  }

  @Test
  void the_cap_counts_what_is_being_opened() throws Exception {
    CountDownLatch gate = upstream.holdUpgrades();
    CompletableFuture<HttpResponse<String>> first = peer.begin(conversation + 1);
    CompletableFuture<HttpResponse<String>> second = peer.begin(conversation + 2);
    awaitDialling(2);
    CompletableFuture<HttpResponse<String>> third = peer.begin(conversation + 3);
    awaitDialling(3);

    gate.countDown();

    assertThat(status(first)).isEqualTo(200);
    assertThat(status(second)).isEqualTo(200);
    assertThat(status(third)).isEqualTo(200);
    assertThat(decisions()).filteredOn(decision -> decision.startsWith("new:")).hasSize(2);
    assertThat(decisions()).contains("bypass(cap)");
  }

  @Test
  void what_cannot_be_opened_gives_its_place_back() throws Exception {
    assertThat(peer.ask(conversation + 1).statusCode()).isEqualTo(200);
    assertThat(peer.ask(conversation + 2).statusCode()).isEqualTo(200);

    upstream.refuse(503);
    assertThat(peer.ask(conversation + 3).statusCode()).isEqualTo(503);
    assertThat(inState("idle")).extracting("conversation").containsExactly("=" + conversation + 2);

    assertThat(peer.ask(conversation + 3).statusCode()).isEqualTo(200);
    assertThat(inState("idle")).hasSize(2);
  }

  @Test
  void of_two_that_are_opened_for_one_conversation_one_stays() throws Exception {
    CountDownLatch gate = upstream.holdUpgrades();
    CompletableFuture<HttpResponse<String>> one = peer.begin(conversation);
    CompletableFuture<HttpResponse<String>> other = peer.begin(conversation);
    awaitDialling(2);

    gate.countDown();

    assertThat(status(one)).isEqualTo(200);
    assertThat(status(other)).isEqualTo(200);
    awaitConnections(1);
    List<SocketInfo> kept = pool.list();
    assertThat(kept).hasSize(1);
    String winner = kept.get(0).id();
    assertThat(decisions()).contains("new:" + winner);
    assertThat(decisions()).containsAnyOf("bypass(busy)", "reuse:" + winner);
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(decisions().get(2)).isEqualTo("reuse:" + winner);
  }

  @Test
  void time_outs_that_an_operator_sets_hold_at_once() throws Exception {
    pool.setOpenTimeoutMillis(300);
    CountDownLatch gate = upstream.holdUpgrades();
    HttpResponse<String> unopened = peer.ask(conversation);
    gate.countDown();
    pool.setOpenTimeoutMillis(LIMIT.toMillis());
    pool.setResponseStartTimeoutMillis(300);
    upstream.script(Script.fault(Stage.FRAME, new Action.Stall()));
    HttpResponse<String> unanswered = peer.ask(conversation);

    assertThat(unopened.statusCode()).isEqualTo(502);
    assertThat(unopened.body()).contains("upstream_unreachable");
    assertThat(unanswered.statusCode()).isEqualTo(504);
    assertThat(unanswered.body()).contains("response_start_timeout");
  }

  @Test
  void no_header_of_an_upgrade_gets_to_the_client_of_a_turn() throws Exception {
    upstream.upgradeFields("X-Turn-State: of the first turn");

    for (int turn = 0; turn < 2; turn++) {
      HttpResponse<String> answer = peer.ask(conversation);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("X-Turn-State")).isEmpty();
    }
    assertThat(upstream.accepted()).isEqualTo(1);
  }
}
