package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.provider.TestTimer;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class StallWatchTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LESS = PATIENCE.minusNanos(1);
  private static final Duration REST = Duration.ofNanos(1);

  private final TestTimer timer = new TestTimer();
  private final StallWatch watch = new StallWatch(timer, PATIENCE, timer::nanos);
  private OptionalLong taken = OptionalLong.of(7);
  private int stalls;

  private void begin() {
    watch.begin(() -> taken, () -> stalls++);
  }

  @Test
  void one_who_takes_nothing_is_told_of_once() {
    begin();

    timer.pass(LESS);
    assertThat(stalls).isZero();

    timer.pass(REST);
    assertThat(stalls).isEqualTo(1);

    timer.pass(PATIENCE.multipliedBy(3));
    assertThat(stalls).isEqualTo(1);
    assertThat(timer.size()).isZero();
  }

  @Test
  void one_who_takes_something_has_as_much_time_again() {
    begin();
    timer.pass(LESS);
    taken = OptionalLong.of(8);

    timer.pass(PATIENCE);
    assertThat(stalls).isZero();

    timer.pass(PATIENCE);
    assertThat(stalls).isEqualTo(1);
  }

  @Test
  void nobody_is_watched_whom_nobody_waits_for() {
    begin();
    taken = OptionalLong.empty();

    timer.pass(PATIENCE.multipliedBy(3));

    assertThat(stalls).isZero();
    assertThat(timer.size()).isZero();
  }

  @Test
  void nobody_is_watched_any_more_when_it_has_ended() {
    begin();
    watch.end();

    assertThat(timer.size()).isZero();
  }

  /** As the gateway's does at its end, which has a patience of its own. */
  @Test
  void a_timer_that_runs_its_tasks_too_early_is_not_believed() {
    StallWatch ending =
        new StallWatch(
            (delay, task) -> {
              task.run();
              return () -> {};
            },
            PATIENCE,
            timer::nanos);

    ending.begin(() -> taken, () -> stalls++);

    assertThat(stalls).isZero();
  }

  @Test
  void it_begins_once() {
    begin();
    begin();

    assertThat(timer.size()).isEqualTo(1);
  }
}
