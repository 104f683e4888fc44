package dev.culvert.provider.lease.redis;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What is logged about leases. */
public final class Warnings extends Handler implements AutoCloseable {

  private final Logger logger = Logger.getLogger("dev.culvert.lease");
  private final List<String> lines = new CopyOnWriteArrayList<>();

  /** From now on. */
  public Warnings() {
    logger.addHandler(this);
  }

  @Override
  public void publish(LogRecord entry) {
    if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
      Object[] parameters = entry.getParameters();
      lines.add(
          parameters == null
              ? entry.getMessage()
              : java.text.MessageFormat.format(entry.getMessage(), parameters));
    }
  }

  /** Those with a message id. */
  public List<String> of(String id) {
    return lines.stream().filter(line -> line.startsWith(id)).toList();
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
