package dev.culvert.host.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.loop.HostThreads;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xnio.Option;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

@Timeout(30)
class IdleWorkersTest {

  private static final int CORE = 2;
  private static final int KEEP_ALIVE_MILLIS = 60_000;

  private final CountDownLatch busy = new CountDownLatch(1);
  private XnioWorker worker;

  @BeforeEach
  void start() throws IOException {
    worker =
        Xnio.getInstance()
            .createWorker(
                OptionMap.builder()
                    .set(Options.WORKER_IO_THREADS, 1)
                    .set(Options.WORKER_TASK_CORE_THREADS, CORE)
                    .set(Options.WORKER_TASK_MAX_THREADS, CORE)
                    .set(Options.WORKER_TASK_KEEPALIVE, KEEP_ALIVE_MILLIS)
                    .getMap());
  }

  @AfterEach
  void stop() {
    busy.countDown();
    worker.shutdownNow();
  }

  @Test
  void idle_threads_end_and_the_pool_is_as_it_was() throws Exception {
    Thread idle = run(() -> {});

    assertThat(IdleWorkers.replace(worker)).isTrue();

    idle.join();
    assertAsItWas();
  }

  @Test
  void a_busy_thread_is_left_for_later() throws Exception {
    Thread working = occupy();

    assertThat(IdleWorkers.replace(worker)).isFalse();

    assertThat(working.isAlive()).isTrue();
    assertAsItWas();
  }

  @Test
  void two_hosts_at_once_leave_the_pool_as_it_was() throws Exception {
    Method ofTheOther =
        new OtherHost().loadClass(name()).getDeclaredMethod("replace", XnioWorker.class);
    ofTheOther.setAccessible(true);
    occupy();
    FutureTask<Boolean> first = new FutureTask<>(() -> IdleWorkers.replace(worker));
    HostThreads.start("first-host", first);
    Awaitility.await()
        .pollInterval(1, TimeUnit.MILLISECONDS)
        .until(() -> option(Options.WORKER_TASK_CORE_THREADS) == 0);

    ofTheOther.invoke(null, worker);

    first.get();
    assertAsItWas();
  }

  /** It has its own copy of every class. */
  private static final class OtherHost extends ClassLoader {
    OtherHost() {
      super(IdleWorkers.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      return name.equals(name()) ? copy() : super.loadClass(name, resolve);
    }

    private Class<?> copy() throws ClassNotFoundException {
      String file = name().replace('.', '/') + ".class";
      try (InputStream bytes = getResourceAsStream(file)) {
        byte[] code = bytes.readAllBytes();
        return defineClass(name(), code, 0, code.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name(), e);
      }
    }
  }

  private static String name() {
    return IdleWorkers.class.getName();
  }

  private Thread occupy() throws Exception {
    return run(
        () -> {
          try {
            busy.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /** Returns the thread once it has begun. */
  private Thread run(Runnable task) throws Exception {
    FutureTask<Thread> begun = new FutureTask<>(Thread::currentThread);
    worker.execute(
        () -> {
          begun.run();
          task.run();
        });
    return begun.get();
  }

  private int option(Option<Integer> option) throws IOException {
    return worker.getOption(option);
  }

  private void assertAsItWas() throws IOException {
    assertThat(option(Options.WORKER_TASK_CORE_THREADS)).isEqualTo(CORE);
    assertThat(option(Options.WORKER_TASK_KEEPALIVE)).isEqualTo(KEEP_ALIVE_MILLIS);
  }
}
