package dev.culvert.config;

import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.config.ConfigValue;

/** Values of MicroProfile Config, so the ordinals of its sources decide which one counts. */
final class ServerValues implements Values {

  private final Config config;

  /** The configuration of the application whose loader is the thread's. */
  ServerValues() {
    this(ConfigProvider.getConfig());
  }

  ServerValues(Config config) {
    this.config = config;
  }

  @Override
  public Iterable<String> names() {
    return config.getPropertyNames();
  }

  /**
   * An expression without a value must not read as a key that is not set, and so as its default.
   */
  @Override
  public Optional<String> value(String key) {
    try {
      Optional<String> value = config.getOptionalValue(key, String.class);
      if (value.isPresent() || !isUnresolved(config.getConfigValue(key))) {
        return value;
      }
    } catch (IllegalArgumentException e) {
      throw new BadValueException(BadValueException.UNRESOLVED, e);
    }
    throw new BadValueException(BadValueException.UNRESOLVED);
  }

  private static boolean isUnresolved(ConfigValue found) {
    String raw = found.getRawValue();
    return raw != null && !raw.isEmpty() && found.getValue() == null;
  }
}
