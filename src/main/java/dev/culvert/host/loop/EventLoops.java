package dev.culvert.host.loop;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** A fixed set of event loops, handed out in turn. Safe for use by any thread. */
public final class EventLoops implements AutoCloseable {

  private final List<EventLoop> loops;
  private final AtomicInteger next = new AtomicInteger();

  /** Starts the loops. */
  public EventLoops(String name, int count) {
    loops = IntStream.range(0, count).mapToObj(i -> new EventLoop(name + "-" + i)).toList();
  }

  /** Returns the loop whose turn it is. */
  public EventLoop next() {
    return loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
  }

  /** Number of loops. */
  public int size() {
    return loops.size();
  }

  @Override
  public void close() {
    loops.forEach(EventLoop::close);
  }
}
