package dev.culvert.route;

import dev.culvert.config.ConfigException;
import dev.culvert.config.Settings;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The configuration in force, which is read again at its interval and when an operator says so. Any
 * thread.
 */
final class LiveConfiguration {

  private final Supplier<Settings> source;
  private final Workers workers;
  private final Consumer<Settings> before;
  private final ConfigurationLog log;

  /** Replaced by {@link #reload}, one at a time. */
  private volatile Configuration inForce;

  /** The repeated reload; guarded by this. */
  private Optional<Future<?>> reloads = Optional.empty();

  /** Guarded by this. */
  private boolean ended;

  /** Why the last regular reload failed, empty when it did not; the housekeeper's. */
  private String knownFault = "";

  /**
   * One that is not read again yet.
   *
   * @param source reads and checks the configuration anew, on whatever thread
   * @param before prepares all that a changed one is about, before requests find it
   */
  LiveConfiguration(
      Settings first,
      Supplier<Settings> source,
      Workers workers,
      Consumer<Settings> before,
      ConfigurationLog log) {
    this.inForce = Configuration.of(first);
    this.source = source;
    this.workers = workers;
    this.before = before;
    this.log = log;
  }

  /** A request reads it once. */
  Configuration inForce() {
    return inForce;
  }

  Settings settings() {
    return inForce.settings();
  }

  /** Begins to read it again, which ends with the workers' repetitions. */
  void begin() {
    reloadEvery(settings().reloadInterval());
  }

  private synchronized void reloadEvery(Duration interval) {
    reloads.ifPresent(running -> running.cancel(false));
    reloads =
        interval.isZero()
            ? Optional.empty()
            : Optional.of(workers.every(interval, this::reloadQuietly));
  }

  /**
   * Reads the configuration again and puts it into force when it is valid and has changed.
   *
   * @return false once the deployment ends: nothing was read
   * @throws ConfigException when it is not valid; nothing has changed then
   */
  synchronized boolean reload() {
    if (ended) {
      return false;
    }
    Settings former = settings();
    Settings next = source.get();
    if (next.equals(former)) {
      return true;
    }
    before.accept(next);
    inForce = Configuration.of(next);
    log.reloaded(next);
    if (!next.reloadInterval().equals(former.reloadInterval())) {
      reloadEvery(next.reloadInterval());
    }
    return true;
  }

  /** What is in force stays: a reload under way is waited for, and no other one begins. */
  synchronized void close() {
    ended = true;
  }

  /** Logs a fault when it is new, not at every interval. */
  private void reloadQuietly() {
    try {
      boolean unused = reload();
      knownFault = "";
    } catch (ConfigException e) {
      if (!knownFault.equals(e.getMessage())) {
        knownFault = e.getMessage();
        log.notReloaded(knownFault);
      }
    }
  }
}
