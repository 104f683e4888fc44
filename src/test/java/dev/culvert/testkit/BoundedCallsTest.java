package dev.culvert.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BoundedCallsTest {

  private final CountDownLatch never = new CountDownLatch(1);
  private BoundedCalls calls = new BoundedCalls(Duration.ofMillis(20));

  @AfterEach
  void close() {
    calls.close();
  }

  @Test
  void tellsOfACallThatHangs() {
    assertThatThrownBy(hanging("deploy x")).hasMessage("deploy x: not done after 0 s\nevidence");
  }

  @Test
  void beginsNoneOnceThreeHung() {
    for (String name : new String[] {"a", "b", "c"}) {
      assertThatThrownBy(hanging(name)).hasMessageStartingWith(name + ": not done");
    }

    assertThatThrownBy(hanging("d")).hasMessage("d: not begun (3 calls hung before)");
  }

  @Test
  void tellsWhatACallThrew() {
    calls = new BoundedCalls(Duration.ofSeconds(30));

    assertThatThrownBy(
            () ->
                calls.run(
                    "deploy x",
                    () -> {
                      throw new IllegalArgumentException("odd");
                    },
                    () -> "evidence"))
        .hasMessage("deploy x failed")
        .hasRootCauseMessage("odd");
  }

  private ThrowingCallable hanging(String what) {
    return () ->
        calls.run(
            what,
            () -> {
              never.await();
              return what;
            },
            () -> "evidence");
  }
}
