package dev.culvert.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PumpTest {

  private final Queue<Runnable> executed = new ArrayDeque<>();

  @Test
  void wakeUpsBeforeATurnMakeOne() {
    AtomicInteger turns = new AtomicInteger();
    Pump pump = new Pump(executed::add, turns::incrementAndGet);

    pump.wake();
    pump.wake();

    assertThat(executed).hasSize(1);
    executed.remove().run();
    assertThat(turns).hasValue(1);
  }

  @Test
  void aWakeUpDuringATurnMakesAnother() {
    AtomicInteger turns = new AtomicInteger();
    Pump[] pump = new Pump[1];
    pump[0] =
        new Pump(
            executed::add,
            () -> {
              if (turns.incrementAndGet() == 1) {
                pump[0].wake();
              }
            });

    pump[0].wake();
    executed.remove().run();

    assertThat(turns).hasValue(2);
    assertThat(executed).as("never two at a time").isEmpty();
    pump[0].wake();
    assertThat(executed).hasSize(1);
  }
}
