package dev.culvert.testkit;

import dev.culvert.config.Values;
import java.util.Map;
import java.util.Optional;

/** Configuration values of a test. */
public record MapValues(Map<String, String> values) implements Values {

  @Override
  public Iterable<String> names() {
    return values.keySet();
  }

  @Override
  public Optional<String> value(String key) {
    return Optional.ofNullable(values.get(key));
  }
}
