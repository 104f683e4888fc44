package dev.culvert.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** The log of a server under test, as a file that grows. Safe for use by any thread. */
public final class ServerLog {

  private final Path file;

  ServerLog(Path file) {
    this.file = file;
  }

  /** The file, for a reader who wants all of it. */
  public Path file() {
    return file;
  }

  /** The number of lines so far, to be given to the searches as their start. */
  public int mark() {
    return lines().size();
  }

  /** All lines so far. */
  public List<String> lines() {
    return linesFrom(0);
  }

  /** The lines after a {@link #mark()}. */
  public List<String> linesFrom(int mark) {
    try {
      List<String> lines = new String(Files.readAllBytes(file), UTF_8).lines().toList();
      return lines.subList(mark, lines.size());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** The first line after a mark in which a regular expression is found. */
  public Optional<String> find(int mark, String regex) {
    Pattern pattern = Pattern.compile(regex);
    return linesFrom(mark).stream().filter(line -> pattern.matcher(line).find()).findFirst();
  }

  /**
   * Waits until {@link #find} has a result.
   *
   * @throws org.awaitility.core.ConditionTimeoutException when there is none in time
   */
  public String await(int mark, String regex, Duration limit) {
    return Awaitility.await("log line matching " + regex)
        .atMost(limit)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> find(mark, regex), Optional::isPresent)
        .orElseThrow();
  }

  /** The last lines, for the message of a failure. */
  String tail(int count) {
    List<String> lines = lines();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - count), lines.size()));
  }
}
