package dev.culvert.testkit;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How busy the machine is, and has been since this was made: whether it stood still when a server
 * seemed to hang. Linux tells, other systems do not.
 */
final class Machine {

  private static final int IDLE = 3;
  private static final int WAITING = 4;
  private static final int STOLEN = 7;

  /** Fields after these are parts of the ones before. */
  private static final int COUNTED = 8;

  private static final Pattern AVERAGE = Pattern.compile("avg10=(\\S+)");

  private final Path proc;
  private final long[] before;

  Machine() {
    this(Path.of("/proc"));
  }

  Machine(Path proc) {
    this.proc = proc;
    this.before = ticks();
  }

  /** One line; what the system does not tell is left out. */
  String describe() {
    return Stream.of(load(), processors(), pressures())
        .filter(Predicate.not(String::isEmpty))
        .collect(joining("; ", "machine: ", ""));
  }

  private String load() {
    return lines("loadavg").stream()
        .map(line -> "load " + line.substring(0, line.lastIndexOf(' ')))
        .findFirst()
        .orElse("");
  }

  private String processors() {
    long[] now = ticks();
    long total = Arrays.stream(now).sum() - Arrays.stream(before).sum();
    if (total <= 0) {
      return "";
    }
    return String.format(
        "processors %d %% idle, %d %% waiting for I/O, %d %% stolen",
        100 * (now[IDLE] - before[IDLE]) / total,
        100 * (now[WAITING] - before[WAITING]) / total,
        100 * (now[STOLEN] - before[STOLEN]) / total);
  }

  private String pressures() {
    String averages =
        Stream.of("cpu", "io", "memory")
            .map(resource -> resource + " " + averages("pressure/" + resource))
            .filter(pressure -> !pressure.endsWith(" "))
            .collect(joining(", "));
    return averages.isEmpty() ? "" : "pressure (some/full, 10 s) " + averages;
  }

  private String averages(String file) {
    return lines(file).stream()
        .flatMap(line -> AVERAGE.matcher(line).results())
        .map(MatchResult::group)
        .map(average -> average.substring(average.indexOf('=') + 1))
        .collect(joining("/"));
  }

  private long[] ticks() {
    return lines("stat").stream()
        .filter(line -> line.startsWith("cpu "))
        .flatMap(line -> Arrays.stream(line.split(" +")).skip(1))
        .limit(COUNTED)
        .mapToLong(Long::parseLong)
        .toArray();
  }

  private List<String> lines(String file) {
    try {
      return Files.readAllLines(proc.resolve(file));
    } catch (IOException untold) {
      return List.of();
    }
  }
}
