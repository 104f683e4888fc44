package dev.culvert.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The heap of another JVM, by {@code jcmd}. */
final class JavaHeap {

  private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)$");

  private JavaHeap() {}

  /** Collects garbage and returns the bytes of the objects that stay. */
  static long collect(long pid) {
    jcmd(pid, "GC.run");
    return total(jcmd(pid, "GC.class_histogram"));
  }

  /**
   * Returns the bytes in the last line of a class histogram.
   *
   * @throws IllegalArgumentException when there is no such line
   */
  static long total(String histogram) {
    Matcher matcher = TOTAL.matcher(histogram);
    if (!matcher.find()) {
      throw new IllegalArgumentException("class histogram: " + histogram + " (expected: Total)");
    }
    return Long.parseLong(matcher.group(1));
  }

  private static String jcmd(long pid, String command) {
    try {
      Process jcmd =
          new ProcessBuilder(Jdk.tool("jcmd"), Long.toString(pid), command)
              .redirectErrorStream(true)
              .start();
      return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("jcmd " + pid + " " + command + " failed", e);
    }
  }
}
