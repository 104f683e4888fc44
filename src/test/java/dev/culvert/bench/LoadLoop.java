package dev.culvert.bench;

import java.io.Flushable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Puts load on a contestant, on the thread that calls. Used once. */
final class LoadLoop {

  private static final String TARGET = "/bench";
  private static final int BUFFER_SIZE = 256 * 1024;
  private static final long STALL_MILLIS = 10_000;

  private final Load load;
  private final Histogram latencies = new Histogram();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
  private final List<ClosedLoop> loops = new ArrayList<>();
  private IOException failure;

  /** Of the last answer, in the time of {@link System#nanoTime()}. */
  private long now;

  private LoadLoop(Load load) {
    this.load = load;
  }

  /**
   * Opens the connections, lets them talk for warm-up and window, closes them.
   *
   * @throws IOException when a connection failed, an answer was wrong, none came for ten seconds,
   *     or none on one connection since the window began
   */
  static Measurement run(Load load) throws IOException {
    return new LoadLoop(load).run();
  }

  private Measurement run() throws IOException {
    try (Selector selector = Selector.open()) {
      try {
        return switch (load.scenario().traffic()) {
          case MESSAGES -> {
            openConversations(selector);
            yield run(selector, () -> {});
          }
          case REQUESTS -> {
            openGets(selector);
            yield run(selector, () -> {});
          }
          case EVENTS -> stream(selector);
        };
      } finally {
        for (ClosedLoop each : loops) {
          each.close();
        }
      }
    }
  }

  private void openConversations(Selector selector) throws IOException {
    byte[] bytes = new byte[load.scenario().payload()];
    new Random(load.scenario().payload()).nextBytes(bytes);
    ByteBuffer payload = ByteBuffer.wrap(bytes);
    Dialler dialler = Dialler.to(load.listener());
    for (int id = 0; id < load.scenario().connections(); id++) {
      Connection connection = dialler.open(TARGET);
      connection.socket().configureBlocking(false);
      SelectionKey key = connection.socket().register(selector, SelectionKey.OP_READ);
      Conversation conversation = new Conversation(id, connection.bytes(), key, payload);
      key.attach(conversation);
      loops.add(conversation);
    }
  }

  private void openGets(Selector selector) throws IOException {
    ByteBuffer body = HttpOrigin.body(load.scenario().payload());
    for (int id = 0; id < load.scenario().connections(); id++) {
      loops.add(new GetLoop(load.listener().port(), selector, body));
    }
  }

  private Measurement stream(Selector selector) throws IOException {
    try (Pacer pacer = Pacer.to(load.upstreamPort())) {
      for (int id = 0; id < load.scenario().connections(); id++) {
        loops.add(new EventStream(id, load.listener().port(), selector, pacer));
      }
      return run(selector, pacer);
    }
  }

  /**
   * Begins to talk, and measures.
   *
   * @param called after each round of sockets that were ready
   */
  private Measurement run(Selector selector, Flushable called) throws IOException {
    for (ClosedLoop each : loops) {
      each.send(System.nanoTime());
    }
    talkUntil(selector, called, System.nanoTime() + load.warmUp().toNanos());
    return measure(selector, called);
  }

  private Measurement measure(Selector selector, Flushable called) throws IOException {
    latencies.clear();
    Duration cpuBefore = Processes.cpu(load.pids());
    long start = System.nanoTime();
    talkUntil(selector, called, start + load.window().toNanos());
    Duration cpu = Processes.cpu(load.pids()).minus(cpuBefore);
    Measurement measurement =
        new Measurement(
            latencies.total(),
            Duration.ofNanos(System.nanoTime() - start),
            Duration.ofNanos(latencies.percentile(0.5)),
            Duration.ofNanos(latencies.percentile(0.99)),
            cpu);
    awaitAll(selector, called, start);
    return measurement;
  }

  /** Every connection has had an answer since then, lest one that is forgotten does not show. */
  private void awaitAll(Selector selector, Flushable called, long start) throws IOException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STALL_MILLIS);
    for (ClosedLoop each : loops) {
      while (each.sentAt() - start < 0) {
        if (System.nanoTime() - end > 0) {
          throw new SocketTimeoutException(each + ": not within " + STALL_MILLIS + " ms");
        }
        talk(selector, called);
      }
    }
  }

  private void talkUntil(Selector selector, Flushable called, long end) throws IOException {
    now = System.nanoTime();
    while (now - end < 0) {
      talk(selector, called);
    }
  }

  private void talk(Selector selector, Flushable called) throws IOException {
    if (selector.select(this::ready, STALL_MILLIS) == 0) {
      throw new SocketTimeoutException("answers: none for " + STALL_MILLIS + " ms");
    }
    if (failure != null) {
      throw failure;
    }
    called.flush();
  }

  private void ready(SelectionKey key) {
    ClosedLoop loop = (ClosedLoop) key.attachment();
    try {
      if (loop.ready(buffer)) {
        now = System.nanoTime();
        latencies.record(now - loop.sentAt());
        loop.send(now);
      }
    } catch (IOException e) {
      failure = e;
    }
  }
}
