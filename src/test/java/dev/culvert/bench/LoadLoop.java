package dev.culvert.bench;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.Random;

/** Puts load on a contestant, on the thread that calls. Used once. */
final class LoadLoop {

  private static final String TARGET = "/bench";
  private static final int BUFFER_SIZE = 256 * 1024;
  private static final long STALL_MILLIS = 10_000;

  private final Load load;
  private final Histogram latencies = new Histogram();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
  private IOException failure;

  /** Of the last echo, in the time of {@link System#nanoTime()}. */
  private long now;

  private LoadLoop(Load load) {
    this.load = load;
  }

  /**
   * Opens the connections, lets them talk for warm-up and window, closes them.
   *
   * @throws IOException when a connection failed, an echo was wrong or none came for ten seconds
   */
  static Measurement run(Load load) throws IOException {
    return new LoadLoop(load).run();
  }

  private Measurement run() throws IOException {
    try (Selector selector = Selector.open()) {
      try {
        open(selector);
        talkUntil(selector, System.nanoTime() + load.warmUp().toNanos());
        return measure(selector);
      } finally {
        for (SelectionKey key : selector.keys()) {
          ((Conversation) key.attachment()).close();
        }
      }
    }
  }

  private void open(Selector selector) throws IOException {
    byte[] bytes = new byte[load.payload()];
    new Random(load.payload()).nextBytes(bytes);
    ByteBuffer payload = ByteBuffer.wrap(bytes);
    Dialler dialler = Dialler.to(load.listener());
    for (int id = 0; id < load.connections(); id++) {
      Connection connection = dialler.open(TARGET);
      connection.socket().configureBlocking(false);
      SelectionKey key = connection.socket().register(selector, SelectionKey.OP_READ);
      key.attach(new Conversation(id, connection.bytes(), key, payload));
    }
    for (SelectionKey key : selector.keys()) {
      ((Conversation) key.attachment()).send(System.nanoTime());
    }
  }

  private Measurement measure(Selector selector) throws IOException {
    latencies.clear();
    Duration cpuBefore = Processes.cpu(load.pids());
    long start = System.nanoTime();
    talkUntil(selector, start + load.window().toNanos());
    Duration cpu = Processes.cpu(load.pids()).minus(cpuBefore);
    return new Measurement(
        latencies.total(),
        Duration.ofNanos(System.nanoTime() - start),
        Duration.ofNanos(latencies.percentile(0.5)),
        Duration.ofNanos(latencies.percentile(0.99)),
        cpu);
  }

  private void talkUntil(Selector selector, long end) throws IOException {
    now = System.nanoTime();
    while (now - end < 0) {
      if (selector.select(this::ready, STALL_MILLIS) == 0) {
        throw new SocketTimeoutException("echoes: none for " + STALL_MILLIS + " ms");
      }
      if (failure != null) {
        throw failure;
      }
    }
  }

  private void ready(SelectionKey key) {
    Conversation conversation = (Conversation) key.attachment();
    try {
      if (conversation.ready(buffer)) {
        now = System.nanoTime();
        latencies.record(now - conversation.sentAt());
        conversation.send(now);
      }
    } catch (IOException e) {
      failure = e;
    }
  }
}
