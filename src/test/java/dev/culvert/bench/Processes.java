package dev.culvert.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What the operating system says about processes. Linux only. */
final class Processes {

  private static final String RESIDENT = "Rss:";

  private Processes() {}

  /** Returns a process and all that it started, whoever of them lives now. */
  static List<Long> family(ProcessHandle process) {
    return Stream.concat(Stream.of(process), process.descendants())
        .map(ProcessHandle::pid)
        .toList();
  }

  /**
   * Returns the CPU time the processes have used, user and system, in steps of 10 ms
   * (/proc/&lt;pid&gt;/stat, which {@link ProcessHandle.Info} reads).
   *
   * @throws IllegalStateException when one of them is gone
   */
  static Duration cpu(List<Long> pids) {
    Duration sum = Duration.ZERO;
    for (long pid : pids) {
      Duration used =
          ProcessHandle.of(pid)
              .flatMap(process -> process.info().totalCpuDuration())
              .orElseThrow(() -> new IllegalStateException("process: " + pid + " is gone"));
      sum = sum.plus(used);
    }
    return sum;
  }

  /** Returns the resident memory of the processes, in bytes. */
  static long resident(List<Long> pids) {
    return pids.stream().mapToLong(Processes::resident).sum();
  }

  private static long resident(long pid) {
    Path file = Path.of("/proc", Long.toString(pid), "smaps_rollup");
    try (Stream<String> lines = Files.lines(file)) {
      String line = lines.filter(text -> text.startsWith(RESIDENT)).findFirst().orElseThrow();
      return Long.parseLong(line.substring(RESIDENT.length()).replace("kB", "").strip()) * 1024;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the memory of process " + pid, e);
    }
  }
}
