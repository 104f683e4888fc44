package dev.culvert.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.loop.HostThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RouteSlotsTest {

  private final RouteSlots slots = new RouteSlots(() -> {});

  @Test
  void soManyAsTheLimitAreGiven() {
    assertThat(slots.take("app", "chat", 2)).isPresent();
    assertThat(slots.take("app", "chat", 2)).isPresent();
    assertThat(slots.take("app", "chat", 2)).isEmpty();
  }

  @Test
  void routesAndApplicationsCountByThemselves() {
    assertThat(slots.take("app", "chat", 1)).isPresent();
    assertThat(slots.take("app", "news", 1)).isPresent();
    assertThat(slots.take("other", "chat", 1)).isPresent();
  }

  @Test
  void aSlotIsGivenBackOnce() {
    RouteSlots.Slot slot = slots.take("app", "chat", 2).orElseThrow();
    slots.take("app", "chat", 2);
    slot.release();
    slot.release();

    assertThat(slots.take("app", "chat", 2)).isPresent();
    assertThat(slots.take("app", "chat", 2)).isEmpty();
  }

  @Test
  void zeroIsNoLimitButCounts() {
    for (int i = 0; i < 100; i++) {
      assertThat(slots.take("app", "chat", 0)).isPresent();
    }
    assertThat(slots.take("app", "chat", 100)).isEmpty();
    assertThat(slots.take("app", "chat", 101)).isPresent();
  }

  @Test
  void theLimitHoldsAgainstManyThreads() throws InterruptedException {
    AtomicInteger taken = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      threads.add(
          HostThreads.start(
              "taker",
              () -> {
                for (int i = 0; i < 20_000; i++) {
                  Optional<RouteSlots.Slot> slot = slots.take("app", "chat", 2);
                  if (slot.isPresent()) {
                    most.accumulateAndGet(taken.incrementAndGet(), Math::max);
                    taken.decrementAndGet();
                    slot.get().release();
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(most).hasValueLessThanOrEqualTo(2);
    assertThat(slots.take("app", "chat", 1)).isPresent();
  }
}
