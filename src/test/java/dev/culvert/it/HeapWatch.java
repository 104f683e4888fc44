package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.ServerJvm;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** The heap of a server at one time, to be compared with what it is later. */
record HeapWatch(ServerJvm jvm, long before) {

  private static final Logger LOG = System.getLogger(HeapWatch.class.getName());
  private static final Duration LIMIT = Duration.ofSeconds(60);

  static HeapWatch start(ServerJvm jvm) {
    return new HeapWatch(jvm, jvm.heapAfterCollection());
  }

  /**
   * Waits until the heap is at most 5 % larger than it was. The server's connector forgets a
   * connection some seconds after its end.
   */
  void awaitReturn() {
    await("the heap's return to " + before + " bytes")
        .atMost(LIMIT)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofSeconds(2))
        .untilAsserted(this::assertReturned);
  }

  private void assertReturned() {
    long now = jvm.heapAfterCollection();
    LOG.log(Level.INFO, "heap: {0} bytes before, {1} now", before, now);
    assertThat(now).as("heap").isLessThanOrEqualTo(before * 105 / 100);
  }
}
