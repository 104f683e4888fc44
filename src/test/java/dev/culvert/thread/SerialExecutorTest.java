package dev.culvert.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {

  private final List<Runnable> ordered = new ArrayList<>();
  private final SerialExecutor executor = new SerialExecutor(ordered::add);
  private final List<String> done = new ArrayList<>();

  @Test
  void nothing_runs_on_the_caller() {
    executor.execute(() -> done.add("one"));

    assertThat(done).isEmpty();
  }

  @Test
  void one_thread_is_ordered_for_all_that_waits() {
    executor.execute(() -> done.add("one"));
    executor.execute(() -> done.add("two"));
    assertThat(ordered).hasSize(1);

    ordered.remove(0).run();
    assertThat(done).containsExactly("one", "two");

    executor.execute(() -> done.add("three"));
    ordered.remove(0).run();
    assertThat(done).containsExactly("one", "two", "three");
  }

  @Test
  void what_a_task_gives_runs_after_it() {
    executor.execute(
        () -> {
          executor.execute(() -> done.add("inner"));
          done.add("outer");
        });

    ordered.remove(0).run();

    assertThat(done).containsExactly("outer", "inner");
  }

  @Test
  void a_task_that_fails_ends_nothing_and_is_told_of() {
    executor.execute(
        () -> {
          throw new IllegalStateException("broken");
        });
    executor.execute(() -> done.add("two"));

    Runnable run = ordered.remove(0);
    assertThatThrownBy(run::run).hasMessage("broken");
    assertThat(done).containsExactly("two");

    executor.execute(() -> done.add("three"));
    assertThat(ordered).hasSize(1);
  }

  @Test
  void a_refusal_is_the_callers() {
    SerialExecutor refused =
        new SerialExecutor(
            task -> {
              throw new RejectedExecutionException("stopped");
            });

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> refused.execute(() -> {}))
          .isInstanceOf(RejectedExecutionException.class);
    }
  }

  @Test
  void tasks_of_many_threads_run_one_at_a_time_and_none_is_lost() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      SerialExecutor serial = new SerialExecutor(threads);
      List<Integer> unguarded = new ArrayList<>(); // would lose some
      CountDownLatch all = new CountDownLatch(4000);
      for (int giver = 0; giver < 4; giver++) {
        threads.execute(
            () ->
                IntStream.range(0, 1000)
                    .forEach(
                        i ->
                            serial.execute(
                                () -> {
                                  unguarded.add(i);
                                  all.countDown();
                                })));
      }
      assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(unguarded).hasSize(4000);
    } finally {
      threads.shutdownNow();
    }
  }
}
