package dev.culvert.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Keeps the values of the keys that were asked for last. A value is built once, by the first of
 * however many callers; the others wait for it. A failed build leaves nothing behind. Safe for use
 * by any thread.
 */
final class ClientCache<K, V> {

  private final int most;
  private final Consumer<V> evicted;

  /** In the order of use, the least recent first; guarded by this. */
  private final LinkedHashMap<K, CompletableFuture<V>> values =
      new LinkedHashMap<>(16, 0.75f, true);

  /** Guarded by this. */
  private boolean closed;

  /**
   * @param most values at once, above zero
   * @param evicted called with each value that had to go, without a lock
   */
  ClientCache(int most, Consumer<V> evicted) {
    this.most = most;
    this.evicted = evicted;
  }

  /**
   * The value of a key.
   *
   * @param build makes it, without waiting for anything
   * @throws RuntimeException what the build threw; the next call builds again
   * @throws IllegalStateException when the cache is closed
   */
  V get(K key, Supplier<V> build) {
    CompletableFuture<V> own = new CompletableFuture<>();
    List<CompletableFuture<V>> surplus = new ArrayList<>();
    CompletableFuture<V> known;
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("closed");
      }
      known = values.get(key);
      if (known == null) {
        values.put(key, own);
        takeSurplus(surplus);
      }
    }
    if (known != null) {
      return value(known);
    }
    for (CompletableFuture<V> future : surplus) {
      var unused = future.thenAccept(evicted);
    }
    try {
      own.complete(build.get());
    } catch (RuntimeException | Error e) {
      synchronized (this) {
        values.remove(key, own);
      }
      own.completeExceptionally(e);
      throw e;
    }
    return own.join();
  }

  /** Under the lock. */
  private void takeSurplus(List<CompletableFuture<V>> surplus) {
    var eldest = values.entrySet().iterator();
    while (values.size() > most) {
      surplus.add(eldest.next().getValue());
      eldest.remove();
    }
  }

  private static <V> V value(CompletableFuture<V> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** The values that are built, with their keys. */
  synchronized Map<K, V> built() {
    Map<K, V> built = new LinkedHashMap<>();
    values.forEach(
        (key, future) -> {
          if (future.isDone() && !future.isCompletedExceptionally()) {
            built.put(key, future.join());
          }
        });
    return built;
  }

  /**
   * Takes all values out, and makes no other.
   *
   * @param end called with each value, with one that is being built when it is there
   */
  void close(Consumer<V> end) {
    List<CompletableFuture<V>> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(values.values());
      values.clear();
    }
    for (CompletableFuture<V> future : all) {
      var unused = future.thenAccept(end);
    }
  }
}
