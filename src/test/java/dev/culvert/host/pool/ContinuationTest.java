package dev.culvert.host.pool;

import static dev.culvert.host.pool.PoolRig.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.pool.PoolRig.Turn;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A turn that continues a response runs on the socket that owns it, or not at all. */
class ContinuationTest {

  private interface Step {
    void take(PoolRig rig);
  }

  @Test
  void aContinuationReusesTheOwner() {
    PoolRig rig = new PoolRig();
    String first = rig.turn(key("c"), "r1");

    Turn next = rig.continuing("alice", "acme", "r1");

    assertThat(next.decision()).isEqualTo(first.replace("new", "reuse"));
    assertThat(next.lease().send("request")).isTrue();
    assertThat(rig.pool.ownerOf("alice", "r1").map(PoolKey::conversation)).contains("c");
  }

  static Stream<Arguments> refusals() {
    Step nothing = rig -> {};
    Step busy = rig -> rig.begin(key("c"));
    return Stream.of(
        Arguments.of("missing-owner", "alice", "acme", "r9", nothing),
        Arguments.of("missing-owner", "mallory", "acme", "r1", nothing),
        Arguments.of("account-mismatch", "alice", "other", "r1", nothing),
        Arguments.of("missing-owner", "mallory", "other", "r1", nothing),
        Arguments.of("busy", "alice", "acme", "r1", busy),
        Arguments.of(
            "missing-owner", "alice", "acme", "r1", (Step) rig -> rig.turn(key("c"), "r2")),
        Arguments.of(
            "dead", "alice", "acme", "r1", (Step) rig -> rig.last().events.closed(1006, "")),
        Arguments.of(
            "missing-owner", "mallory", "acme", "r1", (Step) rig -> rig.pool.evict("acme")),
        Arguments.of("dead", "alice", "acme", "r1", (Step) rig -> rig.pool.evict("acme")),
        Arguments.of(
            "dead",
            "alice",
            "acme",
            "r1",
            (Step)
                rig -> {
                  rig.begin(key("c"));
                  rig.pool.evict("acme");
                }),
        Arguments.of(
            "expired",
            "alice",
            "acme",
            "r1",
            (Step) rig -> rig.pass(PoolSettings.DEFAULTS.maxAge())),
        Arguments.of(
            "expired",
            "alice",
            "acme",
            "r1",
            (Step)
                rig -> {
                  rig.pass(PoolSettings.DEFAULTS.maxAge());
                  rig.last().events.pong();
                  rig.pool.housekeep();
                }),
        Arguments.of("disabled", "alice", "acme", "r1", (Step) rig -> rig.pool.shutdown()),
        Arguments.of(
            "disabled",
            "alice",
            "acme",
            "r1",
            (Step) rig -> rig.pool.change(before -> PoolRig.disabled())));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void otherwiseNothingIsDialledAndNothingSent(
      String reason, String principal, String account, String response, Step before) {
    PoolRig rig = new PoolRig();
    rig.turn(key("c"), "r1");
    before.take(rig);
    int sent = rig.last().sent.size();

    Turn turn = rig.continuing(principal, account, response);

    assertThat(turn.acquisition()).isInstanceOf(Acquisition.Denied.class);
    assertThat(turn.decision()).isEqualTo("refused(" + reason + ")");
    assertThat(rig.decisions).endsWith("refused(" + reason + ")");
    assertThat(rig.dials).hasSize(1);
    assertThat(rig.last().sent).hasSize(sent);
  }

  @Test
  void aSocketThatWasOpenedOtherwiseTakesNone() {
    PoolRig rig = new PoolRig();
    rig.turn(key("c"), "r1");
    PoolKey asking = new PoolKey("alice", PoolRig.ENDPOINT, "acme", "", "", "", "changed");

    Acquisition denied = rig.pool.acquireForResponse(asking, "r1", new Turn());

    assertThat(denied.decision().label()).isEqualTo("refused(dead)");
    assertThat(rig.last().sent).hasSize(1);
  }

  @Test
  void aTurnThatLeavesNoResponseLeavesTheFormerOneOwned() {
    PoolRig rig = new PoolRig();
    rig.turn(key("c"), "r1");
    rig.turn(key("c"), "");

    assertThat(rig.continuing("alice", "acme", "r1").decision()).startsWith("reuse:");
  }

  @Test
  void aSocketOfOneTurnOwnsNothing() {
    PoolRig rig = new PoolRig();
    rig.begin(key("c"));
    rig.turn(key("c"), "alone");

    assertThat(rig.continuing("alice", "acme", "alone").decision())
        .isEqualTo("refused(missing-owner)");
  }

  @Test
  void onlySoManyDepartedOwnersAreRemembered() {
    PoolRig rig = new PoolRig();
    for (int i = 0; i <= 1_000; i++) {
      rig.turn(key("c"), "r" + i);
      rig.last().events.closed(1000, "");
    }

    assertThat(rig.continuing("alice", "acme", "r0").decision())
        .isEqualTo("refused(missing-owner)");
    assertThat(rig.continuing("alice", "acme", "r1").decision()).isEqualTo("refused(dead)");
  }
}
