package dev.culvert.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HangTest {

  @TempDir private Path directory;
  private ServerLog log;

  @BeforeEach
  void log() throws IOException {
    log = new ServerLog(directory.resolve("server.log"));
    Files.writeString(log.file(), "before\n");
  }

  @Test
  void tellsOfTheMachineThenOfTheLogSinceTheCallThenOfTheThreads() throws IOException {
    Hang hang = new Hang(log, () -> "threads: none");
    List<String> since = IntStream.rangeClosed(1, 30).mapToObj(i -> "line " + i + "\n").toList();
    Files.write(log.file(), since, StandardOpenOption.APPEND);

    List<String> lines = hang.describe().lines().toList();

    assertThat(lines).hasSize(1 + 1 + 20 + 1);
    assertThat(lines.get(0)).startsWith("machine: ");
    assertThat(lines.subList(1, 3)).containsExactly("log: 30 lines since the call", "  line 11");
    assertThat(lines.subList(21, 23)).containsExactly("  line 30", "threads: none");
  }

  @Test
  void tellsTheRestWhenTheServerTellsNoThreads() {
    Hang hang =
        new Hang(
            log,
            () -> {
              throw new UncheckedIOException(new IOException("gone"));
            });

    assertThat(hang.describe())
        .contains("log: 0 lines since the call\n")
        .endsWith("threads: java.io.UncheckedIOException: java.io.IOException: gone");
  }
}
