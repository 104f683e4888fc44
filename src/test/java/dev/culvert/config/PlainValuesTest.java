package dev.culvert.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What stands in for MicroProfile Config must say the same. */
class PlainValuesTest {

  private static final String KEY = "culvert.routes.chat.path";

  private final Map<String, String> system = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();
  private final Map<String, String> files = new HashMap<>();
  private final PlainValues values = new PlainValues(() -> system, environment, files);

  @Test
  void aSystemPropertyWinsOverAVariableAndThatOverAFile() {
    assertThat(values.value(KEY)).isEmpty();
    files.put(KEY, "file");
    assertThat(values.value(KEY)).contains("file");
    environment.put("CULVERT_ROUTES_CHAT_PATH", "variable");
    assertThat(values.value(KEY)).contains("variable");
    system.put(KEY, "system");
    assertThat(values.value(KEY)).contains("system");
  }

  @Test
  void anEmptyValueIsNoneAndHidesThoseBelow() {
    files.put(KEY, "file");
    system.put(KEY, "");

    assertThat(values.value(KEY)).isEmpty();
  }

  @Test
  void namesAreThoseOfAllSources() {
    system.put("a", "1");
    environment.put("B", "2");
    files.put("c", "3");

    assertThat(values.names()).containsExactlyInAnyOrder("a", "B", "c");
  }

  @Test
  void expressionsAreReplaced() {
    files.put("port", "9000");
    files.put("host", "here:${port}");
    files.put(KEY, "ws://${host}/${none:default}/\\${kept}");

    assertThat(values.value(KEY)).contains("ws://here:9000/default/${kept}");
  }

  @Test
  void expressionsWithoutAValueOrWithoutAnEndAreRefused() {
    files.put("missing", "${nothing}");
    files.put("circle", "${circle}");

    assertThatThrownBy(() -> values.value("missing")).isInstanceOf(BadValueException.class);
    assertThatThrownBy(() -> values.value("circle")).isInstanceOf(BadValueException.class);
  }

  @Test
  void filesOfTheApplicationAreRead() {
    Settings settings =
        SettingsReader.read(PlainValues.ofApplication(PlainValuesTest.class.getClassLoader()));

    assertThat(settings.routes()).isEmpty();
  }
}
