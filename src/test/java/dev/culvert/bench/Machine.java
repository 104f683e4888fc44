package dev.culvert.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.util.Locale;

/** The machine the benchmark runs on. */
final class Machine {

  private Machine() {}

  /** Returns what figures depend on, and how busy the machine was in the last minute. */
  static String describe() {
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    return String.format(
        Locale.ROOT,
        "%d processors, load average %.1f before the run, Java %s, %s %s",
        system.getAvailableProcessors(),
        system.getSystemLoadAverage(),
        Runtime.version(),
        system.getName(),
        system.getVersion());
  }
}
