package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** An answer is begun once and ended once. */
class AnswerStateTest {

  @Test
  void of_many_who_begin_at_once_one_is_first() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (int round = 0; round < 200; round++) {
        AnswerState state = new AnswerState();
        CyclicBarrier barrier = new CyclicBarrier(4);
        List<Future<Boolean>> firsts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          int status = 200 + i;
          firsts.add(
              threads.submit(
                  () -> {
                    barrier.await(10, TimeUnit.SECONDS);
                    return state.begin(status);
                  }));
        }

        List<Integer> begun = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          if (firsts.get(i).get(10, TimeUnit.SECONDS)) {
            begun.add(200 + i);
          }
        }
        assertThat(begun).containsExactly(state.status());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void what_is_over_does_not_begin() {
    AnswerState state = new AnswerState();

    assertThat(state.finish()).isTrue();
    assertThat(state.finish()).isFalse();
    assertThat(state.begin(200)).isFalse();
    assertThat(state.status()).isZero();
  }
}
