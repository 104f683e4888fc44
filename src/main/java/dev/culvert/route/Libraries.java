package dev.culvert.route;

import dev.culvert.boot.EagerLoading;
import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.http.Transport;
import dev.culvert.provider.lease.redis.RedisLeaseStore;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Has the libraries of which the configuration makes use loaded as a whole, in the background: what
 * they need at the end cannot be loaded then any more. Any thread.
 */
final class Libraries implements AutoCloseable {

  private final Executor background;

  /** Classes whose libraries are loaded, or will be. */
  private final Set<Class<?>> begun = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;

  Libraries(Executor background) {
    this.background = background;
  }

  /** To be called with each configuration. */
  void use(Settings settings) {
    if (settings.routes().values().stream().anyMatch(route -> route.mode() == Route.Mode.HTTP)) {
      load(Transport.class);
    }
    if (settings.sessions().redis().isPresent()) {
      load(RedisLeaseStore.class);
    }
  }

  private void load(Class<?> user) {
    if (begun.add(user)) {
      background.execute(() -> EagerLoading.withLibraries(user, () -> !closed));
    }
  }

  /** Loads nothing more. */
  @Override
  public void close() {
    closed = true;
  }
}
