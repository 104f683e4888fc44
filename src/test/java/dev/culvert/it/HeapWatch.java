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

  /** Bytes by which the heap has grown since. */
  long growth() {
    return jvm.heapAfterCollection() - before;
  }

  /**
   * Waits until the heap is at most 5 % larger than it was. The server's connector forgets a
   * connection some seconds after its end.
   */
  void awaitReturn() {
    awaitReturn(0);
  }

  /**
   * Waits until the heap is at most 5 % larger than it was.
   *
   * @param others bytes that the server keeps by itself, and that do not count
   */
  void awaitReturn(long others) {
    await("the heap's return to " + before + " bytes")
        .atMost(LIMIT)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(() -> assertReturned(others));
  }

  private void assertReturned(long others) {
    long now = jvm.heapAfterCollection();
    LOG.log(Level.INFO, "heap: {0} bytes before, {1} now, {2} of others", before, now, others);
    assertThat(now - others).as("heap").isLessThanOrEqualTo(before * 105 / 100);
  }
}
