package dev.culvert.http;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * What is logged in this JVM while it is open: of the gateway's own all, down to the finest level.
 */
final class RecordedLog extends Handler implements AutoCloseable {

  private static final Logger ROOT = Logger.getLogger("");

  private static final Logger OWN = Logger.getLogger("dev.culvert");

  private final Level before = OWN.getLevel();
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private RecordedLog() {
    setFormatter(new SimpleFormatter());
  }

  static RecordedLog all() {
    RecordedLog log = new RecordedLog();
    ROOT.addHandler(log);
    OWN.setLevel(Level.ALL);
    return log;
  }

  String text() {
    return String.join("", lines);
  }

  @Override
  public void publish(LogRecord line) {
    lines.add(getFormatter().format(line));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    OWN.setLevel(before);
    ROOT.removeHandler(this);
  }
}
