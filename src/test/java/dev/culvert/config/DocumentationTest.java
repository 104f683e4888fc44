package dev.culvert.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DocumentationTest {

  private static final List<String> SCOPES =
      List.of(
          KeyCatalogue.ROUTES + "<name>.",
          KeyCatalogue.DEFAULTS,
          KeyCatalogue.UPSTREAMS + "<name>.");

  @ParameterizedTest
  @MethodSource("keys")
  void everyKeyIsDescribed(String key) throws IOException {
    assertThat(Files.readString(Path.of("docs/configuration.md"))).contains("`" + key + "`");
  }

  /** Keys of routes and upstreams without the prefix, all others with it. */
  static Stream<String> keys() {
    return KeyCatalogue.TEMPLATES.stream()
        .map(template -> template.with("<name>", "<Name>"))
        .map(DocumentationTest::withoutScope)
        .distinct();
  }

  private static String withoutScope(String key) {
    return SCOPES.stream()
        .filter(key::startsWith)
        .findFirst()
        .map(scope -> key.substring(scope.length()))
        .orElse(key);
  }
}
