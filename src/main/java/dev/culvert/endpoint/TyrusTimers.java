package dev.culvert.endpoint;

import dev.culvert.thread.DaemonThreads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;
import java.util.Optional;

/**
 * Gives Tyrus, the WebSocket container of Payara, a scheduler of ours for this deployment's
 * sessions. Its own is the managed one, which captures the caller's context with every message:
 * that costs about a millisecond on Payara Micro.
 */
final class TyrusTimers implements AutoCloseable {

  private static final Logger LOG = System.getLogger("dev.culvert.endpoint");
  private static final String FIELD = "managedScheduledExecutorService";

  private final Object container;
  private final Field field;
  private final Object original;
  private final IdleTimers timers;

  private TyrusTimers(Object container, Field field, Object original, IdleTimers timers) {
    this.container = container;
    this.field = field;
    this.original = original;
    this.timers = timers;
  }

  /**
   * Replaces the scheduler; empty when the container is not Tyrus, or one that is built otherwise.
   */
  static Optional<TyrusTimers> install(Object container) {
    Optional<Field> field = Fields.find(container.getClass(), FIELD);
    if (field.isEmpty()) {
      return Optional.empty();
    }
    try {
      field.get().setAccessible(true);
      Object original = field.get().get(container);
      IdleTimers timers = new IdleTimers(DaemonThreads.named("culvert-relay-timers"));
      field.get().set(container, timers);
      return Optional.of(new TyrusTimers(container, field.get(), original, timers));
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.log(Level.WARNING, "CULVERT-L003 relays will be slow: Tyrus keeps its own scheduler", e);
      return Optional.empty();
    }
  }

  /** Gives the scheduler back and ends ours. */
  @Override
  public void close() {
    try {
      field.set(container, original);
    } catch (IllegalAccessException e) {
      LOG.log(Level.DEBUG, "scheduler not restored", e);
    }
    timers.shutdownNow();
  }
}
