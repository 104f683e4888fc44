package dev.culvert.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BusyThreadsTest {

  private final ThreadMXBean beans = ManagementFactory.getThreadMXBean();
  private final CountDownLatch end = new CountDownLatch(1);

  @AfterEach
  void end() {
    end.countDown();
  }

  @Test
  void leavesOutWhoWaitsForWork() throws Exception {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      Thread worker = pool.submit(Thread::currentThread).get();

      assertThat(BusyThreads.of(in(Thread.State.WAITING, worker)))
          .isEqualTo("threads: 0 busy of 1");
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void showsTheStackOfTheOthersAndWhatTheyWaitFor() {
    ThreadInfo held = in(Thread.State.WAITING, started("held", () -> sink(0)));

    String text = BusyThreads.of(held);

    assertThat(text)
        .startsWith("threads: 1 busy of 1\n\"held\" WAITING on " + held.getLockName() + "\n  ")
        .contains("\n  " + frame(held, "sink"));
  }

  @Test
  void namesWhoHasTheLock() {
    synchronized (end) {
      ThreadInfo wants = in(Thread.State.BLOCKED, started("wants", this::lock));

      assertThat(BusyThreads.of(wants))
          .contains(
              "\"wants\" BLOCKED on "
                  + (wants.getLockName() + " of \"" + Thread.currentThread().getName() + "\"\n"));
    }
  }

  @Test
  void cutsTheStackOfEach() {
    ThreadInfo deep = in(Thread.State.WAITING, started("deep", () -> sink(100)));

    assertThat(BusyThreads.of(deep).lines())
        .hasSize(1 + 1 + 25 + 1)
        .endsWith("  and " + (deep.getStackTrace().length - 25) + " more");
  }

  @Test
  void beginsWithTheDeepest() {
    ThreadInfo shallow = in(Thread.State.WAITING, started("shallow", () -> sink(0)));
    ThreadInfo deep = in(Thread.State.WAITING, started("deep", () -> sink(3)));

    assertThat(BusyThreads.of(shallow, deep)).containsSubsequence("\"deep\"", "\"shallow\"");
  }

  private ThreadInfo in(Thread.State state, Thread thread) {
    return await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> beans.getThreadInfo(thread.getId(), Integer.MAX_VALUE),
            info -> info.getThreadState() == state);
  }

  private static Thread started(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static String frame(ThreadInfo thread, String method) {
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (frame.getMethodName().equals(method)) {
        return frame.toString();
      }
    }
    throw new AssertionError("no frame of " + method);
  }

  private void sink(int depth) {
    if (depth > 0) {
      sink(depth - 1);
      return;
    }
    try {
      end.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void lock() {
    synchronized (end) {
      end.countDown();
    }
  }
}
