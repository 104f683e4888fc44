package dev.culvert.testkit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The server's side of {@link ServerControlMXBean}. Safe for use by any thread. */
class ServerControl implements ServerControlMXBean {

  /** Loggers whose level was set: a logger that nobody holds may be collected with its level. */
  private final Map<String, Logger> loggers = new ConcurrentHashMap<>();

  @Override
  public final void setProperty(String key, String value) {
    System.setProperty(key, value);
  }

  @Override
  public final void clearProperty(String key) {
    System.clearProperty(key);
  }

  @Override
  public final void setLogLevel(String logger, String level) {
    loggers.computeIfAbsent(logger, Logger::getLogger).setLevel(Level.parse(level));
  }
}
