package dev.culvert.relay;

import dev.culvert.relay.frame.FrameDecoder;
import dev.culvert.thread.DaemonThreads;
import dev.culvert.thread.Threads;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The threads that send to clients, and the one that watches the time. A send blocks while its
 * client takes nothing; see {@link SenderPool}. All end when idle or with the deployment.
 */
final class RelayThreads implements Executor, AutoCloseable {

  /** How long tasks may wait before their pool is looked at. */
  private static final Duration PACE = Duration.ofMillis(10);

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Room for a whole frame that ends where the next one begins. */
  private static final int BUFFER_SIZE = 2 * FrameDecoder.LEAST_ROOM;

  private static final int SPARE_BUFFERS = 16;

  private final SenderPool senders;

  /** Whether a look at the pool is due. */
  private final AtomicBoolean lookDue = new AtomicBoolean();

  private final ScheduledThreadPoolExecutor clock =
      new ScheduledThreadPoolExecutor(
          1, DaemonThreads.named("culvert-relay-clock"), new ThreadPoolExecutor.DiscardPolicy());

  private final Queue<ByteBuffer> spares = new ArrayBlockingQueue<>(SPARE_BUFFERS);

  RelayThreads() {
    this(DaemonThreads.named("culvert-relay"));
  }

  /**
   * @param factory of the threads that send
   */
  RelayThreads(ThreadFactory factory) {
    senders = new SenderPool(Math.max(2, Runtime.getRuntime().availableProcessors()), factory);
    clock.setRemoveOnCancelPolicy(true);
  }

  /** A task is not lost where no thread is to be had: nobody would wake its stream once more. */
  @Override
  public void execute(Runnable task) {
    if (Threads.tryExecute(senders, task)) {
      lookSoon();
    } else {
      after(Threads.AGAIN, () -> execute(task));
    }
  }

  private void lookSoon() {
    if (senders.hasWaiting() && lookDue.compareAndSet(false, true)) {
      after(PACE, this::look);
    }
  }

  /** A task that comes from here on asks for the next look by itself. */
  private void look() {
    lookDue.set(false);
    senders.adjust();
    lookSoon();
  }

  /** Runs a short task that does not block, later. */
  void after(Duration delay, Runnable task) {
    Future<?> unused = clock.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Repeats a short task that does not block. */
  void every(Duration interval, Runnable task) {
    Future<?> unused =
        clock.scheduleWithFixedDelay(
            task, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** An empty buffer to decode in, to be given back. */
  ByteBuffer borrow() {
    ByteBuffer spare = spares.poll();
    return spare == null ? ByteBuffer.allocate(BUFFER_SIZE) : spare.clear();
  }

  void giveBack(ByteBuffer buffer) {
    spares.offer(buffer);
  }

  /** Ends all threads; those that still send are interrupted after two seconds. */
  @Override
  public void close() {
    clock.shutdownNow();
    senders.shutdown();
    try {
      if (!senders.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        senders.shutdownNow();
        boolean unused = senders.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      senders.shutdownNow();
    }
  }
}
