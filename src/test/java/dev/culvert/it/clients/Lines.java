package dev.culvert.it.clients;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Lines on their way from one thread to another. */
final class Lines {

  private final BlockingQueue<String> queue = new LinkedBlockingQueue<>();

  void add(String line) {
    queue.add(line);
  }

  /** Waits for a line; empty when there is none in time. */
  String poll(long seconds) throws InterruptedException {
    String line = queue.poll(seconds, TimeUnit.SECONDS);
    return line == null ? "" : line;
  }

  /** Waits for what a client says. */
  String require() throws InterruptedException {
    String line = poll(RealClient.LIMIT_SECONDS);
    if (line.isEmpty()) {
      throw new IllegalStateException(
          "the client says nothing for " + RealClient.LIMIT_SECONDS + " s");
    }
    return line;
  }
}
