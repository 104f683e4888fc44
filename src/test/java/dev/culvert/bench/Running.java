package dev.culvert.bench;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** A contestant that runs. */
interface Running extends AutoCloseable {

  /** Returns where clients connect. */
  Listener listener();

  /** Returns its processes, all workers included; empty when it has none of its own. */
  List<Long> pids();

  /** Waits; fails when the contestant ends meanwhile. */
  void stayAlive(Duration time);

  /**
   * Collects garbage, where there is any, and returns the bytes of live objects; empty for programs
   * without a Java heap.
   */
  OptionalLong collect();

  @Override
  void close();
}
