package dev.culvert.config;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.config.ConfigValue;
import org.eclipse.microprofile.config.spi.ConfigSource;

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

  /**
   * Those that the configuration lists, and those that its sources list by now: WildFly's looks for
   * names once and never again.
   */
  @Override
  public Iterable<String> names() {
    Set<String> names = new TreeSet<>();
    config.getPropertyNames().forEach(names::add);
    for (ConfigSource source : config.getConfigSources()) {
      names.addAll(source.getPropertyNames());
    }
    return names;
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
