package dev.culvert.turn;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Memory that a thread has asked for. */
final class Allocated {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Allocated() {}

  /** By the current thread, ever. */
  static long bytes() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }
}
