package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.turn.RoutedTurnRig.Try;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A turn over several upstreams that its client leaves, or that is cut off. */
class AbortedTurnTest extends RoutedTurns {

  @Test
  void aClientThatLeavesEndsTheTry() throws Exception {
    Try only = rig.begin();
    rig.turn.abort();

    assertThat(only.aborted()).isTrue();
    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Aborted());
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void alsoBetweenTwoTries() throws Exception {
    rig.begin().refusedByUpstream(503);
    rig.turn.abort();

    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Aborted());
    assertThat(rig.timers).isEmpty();
    assertThat(rig.tries).hasSize(1);
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void alsoBeforeTheTurnBegins() throws Exception {
    rig.turn.abort();
    rig.start();

    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Aborted());
    assertThat(rig.tries).isEmpty();
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void alsoWhileTheStoreIsAsked() throws Exception {
    CompletableFuture<Void> gate = rig.holdStore();
    rig.start();
    rig.turn.abort();
    gate.complete(null);

    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Aborted());
    assertThat(rig.tries).isEmpty();
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void alsoWhenThreadsEndThatHaveNotTakenTheChoiceYet() throws Exception {
    List<Runnable> queued = new ArrayList<>();
    rig.executor = queued::add;
    CompletableFuture<Void> gate = rig.holdStore();
    rig.start();
    gate.complete(null);
    rig.turn.abort();
    assertThat(rig.leases()).hasSize(1);
    queued.stream().filter(Mailbox.Rest.class::isInstance).forEach(Runnable::run);

    assertThat(rig.tries).isEmpty();
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void alsoAfterTheFirstContent() throws Exception {
    Try only = rig.begin();
    only.visible("hello");
    assertThat(rig.leases()).hasSize(1);
    rig.turn.abort();

    assertThat(only.aborted()).isTrue();
    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Aborted());
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void oneThatIsCutOffIsTold() throws Exception {
    Try only = rig.begin();
    only.visible("hello");
    rig.turn.cutOff("bye");

    assertThat(rig.client.end()).isEqualTo(new TurnEnd.Broken("bye"));
    assertThat(rig.leases()).isEmpty();
  }

  @Test
  void oneThatIsCutOffBeforeItsFirstContentIsToo() throws Exception {
    Try only = rig.begin();
    rig.turn.cutOff("bye");

    assertThat(((TurnEnd.Refused) rig.client.end()).status()).isEqualTo(503);
    assertThat(only.aborted()).isTrue();
    assertThat(rig.leases()).isEmpty();
  }
}
