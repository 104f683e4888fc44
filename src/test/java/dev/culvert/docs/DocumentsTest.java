package dev.culvert.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.handshake.Outcome;
import dev.culvert.host.relay.StreamResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentsTest {

  private static final Path SOURCES = Path.of("src/main/java");
  private static final Path OPERATIONS = Path.of("docs/operations.md");
  private static final Pattern MESSAGE = Pattern.compile("CULVERT-[A-Z]\\d{3}");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(CULVERT-[A-Z]\\d{3})` \\|");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)[)#]");
  private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([a-z.]+);");

  @Test
  void operationsHasEveryMessageAndNoOther() throws IOException {
    assertThat(found(MESSAGE, read(OPERATIONS))).isEqualTo(found(MESSAGE, sources()));
  }

  @Test
  void operationsHasOneRowForEachMessage() {
    assertThat(ROW.matcher(read(OPERATIONS)).results().map(row -> row.group(1)))
        .isNotEmpty()
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource
  void operationsHasEveryResult(StreamResult result) {
    assertThat(read(OPERATIONS)).contains("`" + result.label() + "`");
  }

  @ParameterizedTest
  @EnumSource
  void operationsHasEveryOutcome(Outcome outcome) {
    assertThat(read(OPERATIONS)).contains("| `" + outcome.label() + "` |");
  }

  @Test
  void architectureHasEveryPackage() throws IOException {
    Set<String> packages =
        PACKAGE
            .matcher(sources())
            .results()
            .map(line -> "| `" + line.group(1) + "` |")
            .collect(Collectors.toSet());

    assertThat(read(Path.of("docs/architecture.md"))).contains(packages);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "README.md",
        "docs/architecture.md",
        "docs/configuration.md",
        "docs/operations.md",
        "docs/servers.md",
        "docs/http.md",
        "docs/providers.md",
        "docs/turns.md",
        "docs/benchmarks.md",
        "deployments/payara-micro/README.md",
        "deployments/redis/README.md"
      })
  void linksLeadToFiles(String document) {
    Path file = Path.of(document).toAbsolutePath();

    assertThat(LINK.matcher(read(file)).results().map(link -> link.group(1)))
        .allSatisfy(link -> assertThat(file.resolveSibling(link)).exists());
  }

  private static Set<String> found(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String sources() throws IOException {
    try (Stream<Path> tree = Files.walk(SOURCES)) {
      return tree.filter(file -> file.toString().endsWith(".java"))
          .map(DocumentsTest::read)
          .collect(Collectors.joining());
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
