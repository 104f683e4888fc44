package dev.culvert.turn.socket;

import dev.culvert.config.Preset;
import dev.culvert.endpoint.ClientEnd;
import dev.culvert.provider.Timer;
import dev.culvert.thread.WriteGuard;
import dev.culvert.turn.EventReader;
import dev.culvert.turn.RequestMemory;
import dev.culvert.turn.Slots;
import dev.culvert.turn.StubSlot;
import dev.culvert.turn.Turn;
import dev.culvert.turn.TurnBody;
import dev.culvert.turn.TurnClient;
import dev.culvert.turn.TurnMaker;
import dev.culvert.turn.TurnRequest;
import dev.culvert.turn.UpstreamTurn;
import dev.culvert.turn.Writes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A client's socket between a recorded session and slots whose events the test brings. */
final class SocketRig implements AutoCloseable, ClientEnd, TurnMaker {

  static final String DELTA = "{\"type\":\"response.output_text.delta\",\"delta\":\"a\"}";
  static final String DONE = "{\"type\":\"response.completed\",\"response\":{\"id\":\"r1\"}}";

  private static final EventReader READER = new EventReader(Preset.OPENAI_RESPONSES);

  /** What the client got, closes included. */
  final BlockingQueue<String> sent = new LinkedBlockingQueue<>();

  /** The slots that were granted, in their order. */
  final List<Granted> slots = new CopyOnWriteArrayList<>();

  final AtomicInteger dones = new AtomicInteger();
  final AtomicInteger ends = new AtomicInteger();

  /** Requests that became no turn. */
  final AtomicInteger refused = new AtomicInteger();

  /** Run before a message goes to the client. */
  volatile Runnable whenSending = () -> {};

  /** Held up while it is shut: tasks that are left to other threads. */
  volatile CountDownLatch executing = new CountDownLatch(0);

  /** Run before a turn is made. */
  volatile Runnable whenPreparing = () -> {};

  final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1);
  private final Timer timer =
      (delay, task) -> {
        var future = clock.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
      };
  final RequestMemory memory = new RequestMemory(32 * 1024 * 1024);
  final TurnSocket socket;

  /** A slot, and what became of it. */
  static final class Granted extends StubSlot {
    final Slots.Events events;
    final CountDownLatch discarded = new CountDownLatch(1);
    volatile String frame = "";
    volatile boolean released;

    Granted(Slots.Events events) {
      this.events = events;
    }

    @Override
    public boolean send(String text) {
      frame = text;
      return true;
    }

    @Override
    public void release(String responseId) {
      released = true;
    }

    @Override
    public void discard() {
      discarded.countDown();
    }
  }

  SocketRig() {
    this(Duration.ofSeconds(30));
  }

  SocketRig(Duration patience) {
    this(patience, new SocketLimits(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO));
  }

  SocketRig(Duration patience, SocketLimits limits) {
    socket =
        new TurnSocket(
            this,
            Preset.OPENAI_RESPONSES,
            limits,
            new WriteGuard(
                new Writes(timer, System::nanoTime, new Writes.Scarce(thread -> false, 0)),
                patience),
            timer,
            this::execute,
            ended -> ends.incrementAndGet());
  }

  @Override
  public Optional<Turn> prepare(TurnBody body, String frame, TurnClient client) {
    whenPreparing.run();
    return Optional.of(
        new UpstreamTurn(
            (wish, events) -> grant(events),
            Preset.OPENAI_RESPONSES,
            READER,
            new TurnRequest(frame, body.previousResponse(), false),
            client,
            (delay, task) -> () -> {},
            Duration.ZERO));
  }

  @Override
  public RequestMemory memory() {
    return memory;
  }

  @Override
  public void refused() {
    refused.incrementAndGet();
  }

  private Slots.Pending grant(Slots.Events events) {
    Granted slot = new Granted(events);
    slots.add(slot);
    CompletableFuture<Slots.Outcome> outcome =
        CompletableFuture.completedFuture(new Slots.Outcome.Granted(slot));
    return new Slots.Pending() {
      @Override
      public CompletableFuture<Slots.Outcome> outcome() {
        return outcome;
      }

      @Override
      public void cancel() {
        slot.discard();
      }
    };
  }

  private void execute(Runnable task) {
    clock.execute(
        () -> {
          try {
            executing.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          task.run();
        });
  }

  /** A message of the client. */
  SocketRig ask(String fields) {
    socket.text("{\"type\":\"response.create\"" + fields + "}", true);
    return this;
  }

  String next() throws InterruptedException {
    return sent.poll(10, TimeUnit.SECONDS);
  }

  @Override
  public void text(String piece, boolean whole, boolean last) throws IOException {
    try {
      whenSending.run();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    sent.add(piece);
  }

  @Override
  public void binary(ByteBuffer piece, boolean whole, boolean last) {
    throw new AssertionError("binary");
  }

  @Override
  public void ping() throws IOException {
    sent.add("ping");
  }

  @Override
  public void close(int code, String reason) {
    sent.add("close " + code);
  }

  @Override
  public void done() {
    dones.incrementAndGet();
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
