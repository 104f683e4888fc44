package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Values that are built once and kept for a while. */
class ClientCacheTest {

  private final List<String> evicted = new ArrayList<>();

  @Test
  void thirty_two_racing_callers_get_one_value() throws Exception {
    ClientCache<String, Object> cache = new ClientCache<>(4, value -> {});
    AtomicInteger builds = new AtomicInteger();
    CyclicBarrier barrier = new CyclicBarrier(32);
    ExecutorService threads = Executors.newFixedThreadPool(32);
    try {
      Callable<Object> caller =
          () -> {
            barrier.await(10, TimeUnit.SECONDS);
            return cache.get(
                "key",
                () -> {
                  builds.incrementAndGet();
                  return new Object();
                });
          };
      List<Future<Object>> values = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        values.add(threads.submit(caller));
      }
      Object first = values.get(0).get(10, TimeUnit.SECONDS);
      for (Future<Object> value : values) {
        assertThat(value.get(10, TimeUnit.SECONDS)).isSameAs(first);
      }
      assertThat(builds).hasValue(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void a_failed_build_can_be_retried() {
    ClientCache<String, String> cache = new ClientCache<>(4, evicted::add);

    assertThatThrownBy(
            () ->
                cache.get(
                    "key",
                    () -> {
                      throw new IllegalStateException("no");
                    }))
        .hasMessage("no");

    assertThat(cache.get("key", () -> "built")).isEqualTo("built");
    assertThat(cache.built()).containsOnlyKeys("key");
  }

  @Test
  void the_one_that_was_not_used_for_longest_goes() {
    ClientCache<String, String> cache = new ClientCache<>(2, evicted::add);
    cache.get("a", () -> "a");
    cache.get("b", () -> "b");
    cache.get("a", () -> "never");

    cache.get("c", () -> "c");

    assertThat(evicted).containsExactly("b");
    assertThat(cache.built()).containsOnlyKeys("a", "c");
  }

  @Test
  void one_that_is_closed_ends_what_it_has_and_what_is_being_built_and_builds_no_more()
      throws Exception {
    ClientCache<String, String> cache = new ClientCache<>(4, evicted::add);
    List<String> ended = new CopyOnWriteArrayList<>();
    CountDownLatch building = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    cache.get("there", () -> "there");
    Thread builder =
        new Thread(
            () ->
                cache.get(
                    "late",
                    () -> {
                      building.countDown();
                      await(closed);
                      return "late";
                    }));
    builder.start();
    await(building);

    cache.close(ended::add);

    assertThat(ended).containsExactly("there");
    closed.countDown();
    builder.join(10_000);
    assertThat(ended).containsExactly("there", "late");
    assertThatThrownBy(() -> cache.get("there", () -> "again"))
        .isInstanceOf(IllegalStateException.class);
    assertThat(evicted).isEmpty();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
