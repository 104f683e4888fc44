package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.testkit.NoThreads;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Filter;
import java.util.logging.Logger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The end of a deployment's threads. */
class WorkersTest {

  private final Workers workers = new Workers(Duration.ofMillis(50), Duration.ofMillis(100));

  @Test
  void what_is_still_queued_at_the_end_is_run() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger run = new AtomicInteger();
    for (int i = 0; i < Workers.THREADS; i++) {
      workers.executor().execute(() -> await(never));
    }
    workers.executor().execute(run::incrementAndGet);

    workers.close();

    assertThat(workers.executor().awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    assertThat(run).hasValue(1);
  }

  @Test
  void a_task_for_which_no_thread_is_to_be_had_is_run_a_little_later_and_not_here()
      throws InterruptedException {
    AtomicInteger asked = new AtomicInteger();
    Set<Thread> ran = ConcurrentHashMap.newKeySet();
    CountDownLatch done = new CountDownLatch(1);
    Executor scarce =
        task -> {
          if (asked.getAndIncrement() < 2) {
            throw new OutOfMemoryError("unable to create native thread");
          }
          workers.executor().execute(task);
        };

    workers.insist(
        scarce,
        () -> {
          ran.add(Thread.currentThread());
          done.countDown();
        });

    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(ran).doesNotContain(Thread.currentThread());
    workers.close();
  }

  @Test
  void what_waits_for_a_thread_at_the_end_is_run_all_the_same() {
    AtomicInteger run = new AtomicInteger();
    workers.insist(new NoThreads(), run::incrementAndGet);
    assertThat(run).hasValue(0);

    workers.close();

    assertThat(run).hasValue(1);
  }

  @Test
  void after_the_end_it_is_not_run_by_who_asks() {
    AtomicInteger run = new AtomicInteger();
    workers.close();

    assertThatThrownBy(() -> workers.insist(new NoThreads(), run::incrementAndGet))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(run).hasValue(0);
  }

  @Test
  void answers_that_nobody_takes_hold_up_no_stream() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    for (int i = 0; i < 1000; i++) {
      workers.answers().execute(() -> await(never), () -> {});
    }

    workers.executor().submit(() -> {}).get(10, TimeUnit.SECONDS);

    never.countDown();
    workers.close();
  }

  /** It may wait a second time, when it ends the exchange; the connection is ended first. */
  @Test
  void an_answer_that_nobody_takes_is_given_up_however_often_it_waits() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(3);
    AtomicBoolean carried = new AtomicBoolean();
    AtomicInteger cutOff = new AtomicInteger();
    CountDownLatch next = new CountDownLatch(1);

    workers
        .answers()
        .execute(
            () -> {
              while (interrupted.getCount() > 0) {
                await(new CountDownLatch(1));
                carried.compareAndSet(false, !Thread.interrupted() || cutOff.get() != 1);
                interrupted.countDown();
              }
              next.countDown();
            },
            cutOff::incrementAndGet);

    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(next.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(carried).isFalse();
    workers.close();
  }

  @Test
  void streams_open_while_all_answers_wait_for_clients() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch opened = new CountDownLatch(1);
    Workers patient = new Workers(Duration.ofMillis(50), Duration.ofHours(1));
    for (int i = 0; i < 1000; i++) {
      patient.answers().execute(() -> await(never), () -> {});
    }

    patient.openings().execute(opened::countDown, () -> {});

    assertThat(opened.await(10, TimeUnit.SECONDS)).isTrue();
    never.countDown();
    patient.close();
  }

  /** Each has its share, begins without an interrupt and has its connection ended. */
  @Test
  void what_is_left_at_the_end_and_waits_for_clients_does_not_hold_it_up() throws Exception {
    int threads = 64;
    int left = 6;
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch busy = new CountDownLatch(threads);
    CountDownLatch clean = new CountDownLatch(threads + left);
    AtomicInteger cutOff = new AtomicInteger();
    Workers patient = new Workers(Duration.ofMillis(500), Duration.ofHours(1));
    for (int i = 0; i < threads + left; i++) {
      patient
          .answers()
          .execute(
              () -> {
                if (!Thread.currentThread().isInterrupted()) {
                  clean.countDown();
                }
                busy.countDown();
                await(never);
              },
              cutOff::incrementAndGet);
    }
    assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();
    Thread undeploying = new Thread(patient::close);
    undeploying.start();

    undeploying.join(8_000); // less than one of them waits
    assertThat(undeploying.isAlive()).isFalse();
    assertThat(clean.getCount()).as("not begun, or begun interrupted").isZero();
    assertThat(cutOff).as("those that were left").hasValue(left);
  }

  @Test
  void a_fault_of_a_repeated_task_is_logged_when_it_is_new() throws InterruptedException {
    List<String> logged = new CopyOnWriteArrayList<>();
    CountDownLatch runs = new CountDownLatch(6);
    Logger logger = Logger.getLogger("dev.culvert");
    Filter filter =
        line -> {
          logged.add(line.getMessage() + " " + line.getThrown().getMessage());
          return false;
        };
    logger.setFilter(filter);
    try {
      Iterator<String> faults = List.of("a", "a", "b", "", "b").iterator();
      Future<?> unused =
          workers.every(
              Duration.ofMillis(1),
              () -> {
                runs.countDown();
                fail(faults.hasNext() ? faults.next() : "");
              });
      assertThat(runs.await(10, TimeUnit.SECONDS)).isTrue();
    } finally {
      logger.setFilter(null);
      workers.close();
    }

    String message = "CULVERT-G006 housekeeping failed ";
    assertThat(logged).containsExactly(message + "a", message + "b", message + "b");
  }

  private static void fail(String fault) {
    if (!fault.isEmpty()) {
      throw new IllegalStateException(fault);
    }
  }

  @Test
  void what_still_waits_for_its_time_at_the_end_is_run_once() {
    AtomicInteger run = new AtomicInteger();
    Runnable unused = workers.after(Duration.ofHours(1), run::incrementAndGet);
    Runnable takenBack = workers.after(Duration.ofHours(1), run::incrementAndGet);
    takenBack.run();

    workers.endRepetitions();
    workers.close();

    assertThat(run).hasValue(1);
    Runnable late = workers.after(Duration.ofHours(1), run::incrementAndGet);
    assertThat(run).as("at once, after the end").hasValue(2);
    late.run();
    assertThat(run).hasValue(2);
  }

  @Test
  void an_error_at_the_end_keeps_nobody_from_its_end() {
    AtomicInteger run = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      Runnable unused =
          workers.after(
              Duration.ofHours(1),
              () -> {
                run.incrementAndGet();
                throw new NoClassDefFoundError("gone");
              });
    }

    workers.close();

    assertThat(run).hasValue(3);
    assertThat(workers.executor().isTerminated()).isTrue();
  }

  @Test
  void what_is_taken_back_is_kept_no_longer() {
    WeakReference<Object> kept = takenBack(new Object());

    Awaitility.await()
        .until(
            () -> {
              System.gc();
              return kept.get() == null;
            });
    workers.close();
  }

  private WeakReference<Object> takenBack(Object exchange) {
    workers.after(Duration.ofHours(1), () -> assertThat(exchange).isNull()).run();
    return new WeakReference<>(exchange);
  }

  @Test
  void what_is_delayed_is_run_when_the_time_is_over() throws InterruptedException {
    CountDownLatch run = new CountDownLatch(1);

    Runnable unused = workers.after(Duration.ofMillis(1), run::countDown);

    assertThat(run.await(10, TimeUnit.SECONDS)).isTrue();
    workers.close();
  }

  /** As a write to a slow client does, ends when interrupted. */
  private static void await(CountDownLatch latch) {
    try {
      latch.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
