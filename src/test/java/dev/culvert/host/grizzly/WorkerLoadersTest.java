package dev.culvert.host.grizzly;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.stream.Stream;
import org.apache.catalina.connector.Request;
import org.glassfish.grizzly.attributes.DefaultAttributeBuilder;
import org.glassfish.grizzly.threadpool.DefaultWorkerThread;
import org.junit.jupiter.api.Test;

class WorkerLoadersTest {

  private final ClassLoader ended = new URLClassLoader(new URL[0]);
  private final ClassLoader live = new URLClassLoader(new URL[0]);

  @Test
  void a_thread_of_grizzly_gets_the_web_containers_in_place_of_an_ended_ones() {
    Thread worker = with(ended, worker());

    replace(worker);

    assertThat(worker.getContextClassLoader()).isSameAs(Request.class.getClassLoader());
  }

  @Test
  void a_thread_that_serves_another_application_keeps_it() {
    Thread worker = with(live, worker());

    replace(worker);

    assertThat(worker.getContextClassLoader()).isSameAs(live);
  }

  @Test
  void threads_of_others_are_not_touched() {
    Thread other = with(ended, new Thread(() -> {}));

    replace(other);

    assertThat(other.getContextClassLoader()).isSameAs(ended);
  }

  @Test
  void an_ended_one_that_is_gone_is_looked_for_no_more() {
    Thread worker = with(null, worker());

    assertThat(WorkerLoaders.replace(new WeakReference<>(null), Stream.of(worker))).isTrue();

    assertThat(worker.getContextClassLoader()).isNull();
  }

  private void replace(Thread thread) {
    assertThat(WorkerLoaders.replace(new WeakReference<>(ended), Stream.of(thread)))
        .as("gone")
        .isFalse();
  }

  private static Thread worker() {
    return new DefaultWorkerThread(new DefaultAttributeBuilder(), "worker", null, () -> {});
  }

  private static Thread with(ClassLoader loader, Thread thread) {
    thread.setContextClassLoader(loader);
    return thread;
  }
}
