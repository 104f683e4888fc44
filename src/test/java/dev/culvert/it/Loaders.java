package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.ServerJvm;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** The class loaders of the applications that a server has, or still has. */
final class Loaders {

  /**
   * Idle threads of WildFly, which keep what they served first, are replaced after its back. Those
   * that Payara has begun for the body of a request keep its application until they end, idle for a
   * minute as it is shipped, a second in the test command; other tests of the same server may have
   * left such. WildFly keeps an application that had portable or relay streams for the time-outs of
   * its listeners, 90 seconds.
   */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static final String WITNESS = "dev.culvert.route.TunnelFilter";

  private Loaders() {}

  /** Waits until exactly so many are alive; those that stay are told with what holds them. */
  static void await(ServerJvm jvm, int count, String when) {
    await(jvm, count, when, LIMIT);
  }

  /** Waits until exactly so many are alive, where the server itself takes its time. */
  static void await(ServerJvm jvm, int count, String when, Duration limit) {
    try {
      Awaitility.await(when)
          .atMost(limit)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(500))
          .untilAsserted(
              () -> assertThat(jvm.loadersOf(WITNESS, count)).as("loaders").isEqualTo(count));
    } catch (ConditionTimeoutException late) {
      throw new AssertionError(late.getMessage() + "\n" + jvm.holdersOf(WITNESS), late);
    }
  }
}
