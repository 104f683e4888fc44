package dev.culvert.host;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.BooleanSupplier;
import java.util.logging.LogManager;

/**
 * A logger that still speaks while the JVM exits. The JVM resets {@code java.util.logging} at the
 * very beginning of its exit, handlers and levels alike, and the last streams end just then; their
 * lines go to standard error. Safe for use by any thread.
 */
final class ExitProofLogger {

  private final Logger logger;
  private final Level level;
  private final BooleanSupplier exiting;

  /** Whether the level was on when it was last asked for. */
  private volatile boolean wasLoggable;

  ExitProofLogger(String name, Level level, BooleanSupplier exiting) {
    this.logger = System.getLogger(name);
    this.level = level;
    this.exiting = exiting;
  }

  boolean isLoggable() {
    if (!isClosed()) {
      wasLoggable = logger.isLoggable(level);
    }
    return wasLoggable;
  }

  /** Logs; twice rather than not at all. */
  void log(String line) {
    logger.log(level, line);
    if (isClosed()) {
      System.err.println(line);
    }
  }

  private boolean isClosed() {
    return exiting.getAsBoolean()
        && LogManager.getLogManager().getLogger("").getHandlers().length == 0;
  }
}
