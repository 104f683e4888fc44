package dev.culvert.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Configurations for tests: a sound one with route {@code chat} and upstream {@code a}, changed.
 */
final class Configs {

  private Configs() {}

  /** The sound configuration with these keys and values besides. */
  static Map<String, String> with(String... keysAndValues) {
    Map<String, String> values = new HashMap<>();
    values.put("culvert.routes.chat.path", "/chat/*");
    values.put("culvert.routes.chat.upstreams", "a");
    values.put("culvert.upstreams.a.url", "ws://127.0.0.1:9000");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return values;
  }

  static Settings read(Map<String, String> values) {
    return SettingsReader.read(
        values.keySet(), key -> Optional.ofNullable(values.get(key)).filter(v -> !v.isEmpty()));
  }

  /** Route {@code chat} of the sound configuration with these keys and values besides. */
  static Route chat(String... keysAndValues) {
    return read(with(keysAndValues)).routes().get("chat");
  }

  /** The lines in which the configuration is refused, empty when it is not. */
  static List<String> problems(Map<String, String> values) {
    ConfigException refusal = catchThrowableOfType(ConfigException.class, () -> read(values));
    return refusal == null ? List.of() : refusal.problems().stream().map(Problem::text).toList();
  }

  /** As above, for the sound configuration with these keys and values besides. */
  static List<String> problemsWith(String... keysAndValues) {
    return problems(with(keysAndValues));
  }
}
