package dev.culvert.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * Measures what idle streams cost. Many streams that come and go, a few at a time, have compilers
 * and caches reach their size. Then a first batch of streams warms the contestant and stays open;
 * the growth by a second batch, of the same size, is what counts. So what a contestant allocates
 * once, however many streams there are, counts for nobody, and memory that earlier streams gave
 * back to an allocator hides no growth.
 */
final class MemoryMeter {

  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final int MAX_PAUSES = 24;
  private static final int STILL_PAUSES = 4;
  private static final long STILL_BYTES = 64 * 1024;

  /** Few at a time, lest memory that they give back hides the growth. */
  private static final int CHURN_SIZE = 20;

  private static final int CHURNS = 200;

  private final LoadProcess load;
  private final int batch;

  MemoryMeter(LoadProcess load, int batch) {
    this.load = load;
    this.batch = batch;
  }

  Memory measure(Running contestant) throws IOException {
    try {
      churn(contestant);
      Reading before = openBatch(contestant);
      Reading after = openBatch(contestant);
      OptionalLong heap = OptionalLong.empty();
      if (after.heap().isPresent()) {
        long growth = after.heap().getAsLong() - before.heap().orElseThrow();
        heap = OptionalLong.of(growth / batch);
      }
      return new Memory((after.resident() - before.resident()) / batch, heap);
    } finally {
      load.closeIdle();
    }
  }

  private void churn(Running contestant) throws IOException {
    for (int i = 0; i < CHURNS; i++) {
      load.openIdle(contestant.listener(), CHURN_SIZE);
      load.closeIdle();
    }
  }

  private Reading openBatch(Running contestant) throws IOException {
    load.openIdle(contestant.listener(), batch);
    settle(contestant);
    OptionalLong heap = contestant.collect();
    return new Reading(settle(contestant), heap);
  }

  /** Waits until resident memory changes no more, for six seconds at most. */
  private static long settle(Running contestant) {
    long resident = Processes.resident(contestant.pids());
    int still = 0;
    for (int pause = 0; pause < MAX_PAUSES && still < STILL_PAUSES; pause++) {
      contestant.stayAlive(PAUSE);
      long now = Processes.resident(contestant.pids());
      still = Math.abs(now - resident) <= STILL_BYTES ? still + 1 : 0;
      resident = now;
    }
    return resident;
  }

  private record Reading(long resident, OptionalLong heap) {}
}
