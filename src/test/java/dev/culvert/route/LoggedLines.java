package dev.culvert.route;

import java.text.MessageFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What a logger and those below it are told, each line after its level, until closed. */
public final class LoggedLines extends Handler implements AutoCloseable {

  private final Logger logger;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  /** Begins to listen to a logger. */
  public LoggedLines(String name) {
    logger = Logger.getLogger(name);
    logger.addHandler(this);
  }

  /** What it was told so far. */
  public List<String> all() {
    return lines;
  }

  @Override
  public void publish(LogRecord entry) {
    String text = MessageFormat.format(entry.getMessage(), entry.getParameters());
    lines.add(entry.getLevel() + " " + text);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
