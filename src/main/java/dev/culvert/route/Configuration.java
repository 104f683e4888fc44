package dev.culvert.route;

import dev.culvert.config.Routes;
import dev.culvert.config.Settings;

/** Settings and what is derived from them, replaced together. */
record Configuration(Settings settings, Routes routes) {

  static Configuration of(Settings settings) {
    return new Configuration(settings, new Routes(settings));
  }
}
