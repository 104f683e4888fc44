package dev.culvert.host.upstream;

import dev.culvert.host.pool.SocketEvents;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Events of a socket, in their order. Any thread. */
final class RecordedEvents implements SocketEvents {

  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

  /** The next event; waits for it for at most ten seconds. */
  String next() throws InterruptedException {
    String event = events.poll(10, TimeUnit.SECONDS);
    return event == null ? "nothing" : event;
  }

  boolean isEmpty() {
    return events.isEmpty();
  }

  @Override
  public void text(String text) {
    events.add("text " + text);
  }

  @Override
  public void binary() {
    events.add("binary");
  }

  @Override
  public void pong() {
    events.add("pong");
  }

  @Override
  public void closed(int code, String reason) {
    events.add("closed " + code);
  }
}
