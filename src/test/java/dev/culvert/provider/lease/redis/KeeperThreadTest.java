package dev.culvert.provider.lease.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class KeeperThreadTest {

  @Test
  void whatFailsIsRepeatedAndToldOnce() throws Exception {
    CountDownLatch times = new CountDownLatch(3);
    try (Warnings warnings = new Warnings();
        KeeperThread thread = new KeeperThread()) {
      thread.every(
          Duration.ofMillis(1),
          () -> {
            times.countDown();
            throw new LinkageError("expected by the test");
          });

      assertThat(times.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(warnings.of("CULVERT-E008")).hasSize(1);
    }
  }
}
