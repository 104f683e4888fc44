package dev.culvert.config;

import java.lang.System.Logger.Level;
import java.util.Optional;

/** Where configuration values come from. Safe for use by any thread. */
public interface Values {

  /** All names that have a value, in the forms in which the sources list them. */
  Iterable<String> names();

  /**
   * The value of a dotted key; empty when it is not set.
   *
   * @throws BadValueException when the value refers to a key that has none
   */
  Optional<String> value(String key);

  /**
   * The server's MicroProfile Config, or what stands in for it where there is none. Asked for once,
   * when the application begins: elsewhere the context class loader, by which a server knows whose
   * configuration is meant, may be another application's or none.
   */
  static Values find() {
    try {
      return new ServerValues();
    } catch (NoClassDefFoundError | IllegalStateException e) {
      System.getLogger("dev.culvert.config")
          .log(
              Level.INFO,
              "CULVERT-C001 no MicroProfile Config here, keys are read from system properties,"
                  + " environment and WAR: {0}",
              e.toString());
      return PlainValues.ofApplication(Thread.currentThread().getContextClassLoader());
    }
  }
}
