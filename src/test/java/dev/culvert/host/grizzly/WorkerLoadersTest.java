package dev.culvert.host.grizzly;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.stream.Stream;
import org.apache.catalina.connector.Request;
import org.glassfish.grizzly.attributes.DefaultAttributeBuilder;
import org.glassfish.grizzly.threadpool.DefaultWorkerThread;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WorkerLoadersTest {

  private final ClassLoader ended = new URLClassLoader(new URL[0]);
  private final ClassLoader live = new URLClassLoader(new URL[0]);

  @Test
  void a_thread_of_grizzly_gets_the_web_containers_in_place_of_an_ended_ones() {
    Thread worker = with(ended, worker());

    replaceAll(worker);

    assertThat(worker.getContextClassLoader()).isSameAs(Request.class.getClassLoader());
  }

  @Test
  void a_thread_that_serves_another_application_keeps_it() {
    Thread worker = with(live, worker());

    replaceAll(worker);

    assertThat(worker.getContextClassLoader()).isSameAs(live);
  }

  @Test
  void threads_of_others_are_not_touched() {
    Thread other = with(ended, new Thread(() -> {}));

    replaceAll(other);

    assertThat(other.getContextClassLoader()).isSameAs(ended);
  }

  @Test
  void one_that_puts_it_back_later_is_found_again() {
    Thread worker = with(ended, worker());
    Queue<Runnable> between =
        new ArrayDeque<>(List.of(() -> {}, () -> {}, () -> with(ended, worker)));

    WorkerLoaders.replaceAll(
        new WeakReference<>(ended),
        () -> {
          if (!between.isEmpty()) {
            between.remove().run();
          }
          return Stream.of(worker);
        },
        1);

    assertThat(between).isEmpty();
    assertThat(worker.getContextClassLoader()).isSameAs(Request.class.getClassLoader());
  }

  @Test
  void behind_the_end_of_the_loader_no_thread_is_touched_and_nobody_waits() {
    Thread worker = with(null, worker());

    WorkerLoaders.replaceAll(new WeakReference<>(null), () -> Stream.of(worker), 60_000);

    assertThat(worker.getContextClassLoader()).isNull();
  }

  private void replaceAll(Thread thread) {
    WorkerLoaders.replaceAll(new WeakReference<>(ended), () -> Stream.of(thread), 1);
  }

  private static Thread worker() {
    return new DefaultWorkerThread(new DefaultAttributeBuilder(), "worker", null, () -> {});
  }

  private static Thread with(ClassLoader loader, Thread thread) {
    thread.setContextClassLoader(loader);
    return thread;
  }
}
