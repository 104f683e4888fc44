package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.provider.TestTimer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class IdleWatchTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration LESS = LIMIT.minusNanos(1);
  private static final Duration REST = Duration.ofNanos(1);

  private final TestTimer timer = new TestTimer();
  private long amount = 7;
  private int late;
  private final IdleWatch watch =
      new IdleWatch(LIMIT, timer, timer::nanos, () -> amount, () -> late++);

  @Test
  void a_silence_is_told_of_once() {
    watch.begin();

    timer.pass(LESS);
    assertThat(late).isZero();

    timer.pass(REST);
    assertThat(late).isEqualTo(1);

    timer.pass(LIMIT.multipliedBy(3));
    assertThat(late).isEqualTo(1);
    assertThat(timer.size()).isZero();
  }

  @Test
  void a_move_that_is_told_begins_the_limit_anew() {
    watch.begin();
    timer.pass(LESS);
    watch.moved();

    timer.pass(LESS);
    assertThat(late).isZero();

    timer.pass(REST);
    assertThat(late).isEqualTo(1);
  }

  @Test
  void an_amount_that_has_changed_has_moved() {
    watch.begin();
    timer.pass(LESS);
    amount = 6;

    timer.pass(LIMIT);
    assertThat(late).isZero();

    timer.pass(LIMIT);
    assertThat(late).isEqualTo(1);
  }

  @Test
  void nothing_is_told_after_its_end() {
    watch.begin();
    watch.stop();

    assertThat(timer.size()).isZero();
  }

  /** As the gateway's does at its end, which has a patience of its own. */
  @Test
  void a_timer_that_runs_its_tasks_too_early_is_not_believed() {
    IdleWatch ending =
        new IdleWatch(
            LIMIT,
            (delay, task) -> {
              task.run();
              return () -> {};
            },
            timer::nanos,
            () -> late++);

    ending.begin();

    assertThat(late).isZero();
  }

  @Test
  void it_begins_once() {
    watch.begin();
    watch.begin();

    assertThat(timer.size()).isEqualTo(1);
  }

  @Test
  void no_limit_is_never_over() {
    new IdleWatch(Duration.ZERO, timer, timer::nanos, () -> late++).begin();

    assertThat(timer.size()).isZero();
  }
}
