package dev.culvert.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.ScarceThreads;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The threads that send to clients. */
class RelayThreadsTest {

  private final RelayThreads threads = new RelayThreads(new ScarceThreads(() -> {}));

  @AfterEach
  void end() {
    threads.close();
  }

  @Test
  void aTaskForWhichNoThreadIsToBeHadWaitsForOne() throws Exception {
    CompletableFuture<String> done = new CompletableFuture<>();
    threads.execute(() -> done.complete(Thread.currentThread().getName()));

    assertThat(done.get(10, TimeUnit.SECONDS)).isEqualTo("scarce");
  }
}
