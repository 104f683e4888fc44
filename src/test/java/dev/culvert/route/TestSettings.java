package dev.culvert.route;

import dev.culvert.config.ConfigException;
import dev.culvert.config.Settings;
import dev.culvert.config.SettingsReader;
import dev.culvert.testkit.MapValues;
import java.util.HashMap;
import java.util.Map;

/** Settings with a route {@code chat} to an upstream {@code up}; not read again by themselves. */
final class TestSettings {

  private TestSettings() {}

  /** These keys and values besides. */
  static Settings of(String... keysAndValues) {
    Map<String, String> values = new HashMap<>();
    values.put("culvert.routes.chat.path", "/chat/*");
    values.put("culvert.routes.chat.upstreams", "up");
    values.put("culvert.upstreams.up.url", "ws://up:1");
    values.put("culvert.reload-interval", "0");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return read(values);
  }

  /**
   * A configuration with faults.
   *
   * @throws ConfigException always
   */
  static Settings broken() {
    return read(Map.of("culvert.routes.chat.upstreams", "up"));
  }

  private static Settings read(Map<String, String> values) {
    return SettingsReader.read(new MapValues(values));
  }
}
