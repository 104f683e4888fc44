package dev.culvert.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IdleTimersTest {

  /** As in Tyrus: private, final and in a superclass of what the server hands out. */
  @SuppressWarnings({"FieldMayBeFinal", "UnusedVariable"})
  static class Container {
    private final ScheduledExecutorService managedScheduledExecutorService;

    Container(ScheduledExecutorService scheduler) {
      managedScheduledExecutorService = scheduler;
    }

    ScheduledExecutorService scheduler() {
      return managedScheduledExecutorService;
    }
  }

  static final class Special extends Container {
    Special(ScheduledExecutorService scheduler) {
      super(scheduler);
    }
  }

  private final IdleTimers timers = new IdleTimers(Thread::new);

  @AfterEach
  void close() {
    timers.shutdownNow();
  }

  @Test
  void withoutADelayNothingIsDone() {
    AtomicInteger runs = new AtomicInteger();

    Runnable task = runs::incrementAndGet;
    ScheduledFuture<?> timer = timers.schedule(task, 0, TimeUnit.MILLISECONDS);

    assertThat(timer.isDone()).isTrue();
    assertThat(timers.getQueue()).isEmpty();
    assertThat(timers.getPoolSize()).as("threads").isZero();
    assertThat(runs).hasValue(0);
  }

  @Test
  void withADelayTheTaskRuns() throws InterruptedException {
    CountDownLatch ran = new CountDownLatch(1);

    ScheduledFuture<?> unused = timers.schedule(ran::countDown, 1, TimeUnit.MILLISECONDS);

    assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void theContainersSchedulerIsReplacedAndGivenBack() {
    Container container = new Special(timers);

    TyrusTimers installed = TyrusTimers.install(container).orElseThrow();
    ScheduledExecutorService ours = container.scheduler();
    installed.close();

    assertThat(ours).isNotSameAs(timers).isInstanceOf(IdleTimers.class);
    assertThat(ours.isShutdown()).isTrue();
    assertThat(container.scheduler()).isSameAs(timers);
  }

  @Test
  void anotherContainerIsLeftAlone() {
    assertThat(TyrusTimers.install(new Object())).isEmpty();
  }
}
