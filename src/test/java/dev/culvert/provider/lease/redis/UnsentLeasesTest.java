package dev.culvert.provider.lease.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.provider.lease.Lease;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Leases that Redis does not hear of, since it is away while they are held. */
@Timeout(60)
class UnsentLeasesTest extends SingleRedis {

  @Test
  void whatRedisHasNeverHeardOfIsNotOwed() {
    Lease before = hold("before");
    stopServer();
    for (int i = 0; i < 50; i++) {
      node.store.release(hold("meanwhile-" + i));
    }
    Lease ofAStream = hold("of-a-stream");
    node.store.release(before);
    node.book.release(ofAStream);
    node.beat();

    assertThat(node.book.owed(100)).containsExactly(before);
  }

  @Test
  void whoIsRefusedIsNotOwedEither() {
    try (Node closed = node(false)) {
      server.stop();
      ask(closed, Lease.of("up", "asked"), 1); // that is how the outage is found out
      Awaitility.await().until(() -> !closed.store.up());
      List<Lease> before = closed.book.owed(100);
      for (int i = 0; i < 50; i++) {
        ask(closed, Lease.of("up", "meanwhile-" + i), 1);
      }

      assertThat(closed.book.owed(100)).isEqualTo(before);
    }
  }

  @Test
  void whatWasRegisteredMeanwhileIsOwedInTheNextOutage() {
    hold("before");
    stopServer();
    Lease meanwhile = hold("meanwhile");
    server.startAgain();
    awaitUp(true);
    stopServer();
    node.store.release(meanwhile);
    node.beat();

    assertThat(node.book.owed(100)).containsExactly(meanwhile);
  }
}
