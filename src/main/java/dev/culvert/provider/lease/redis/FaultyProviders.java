package dev.culvert.provider.lease.redis;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Providers whose part of a cluster does not answer while others do. Safe for use by any thread.
 */
final class FaultyProviders {

  /** In the order of their last failures; guarded by this. */
  private final Map<String, String> faults = new LinkedHashMap<>();

  synchronized void add(String provider, String fault) {
    faults.remove(provider);
    faults.put(provider, fault);
  }

  synchronized void remove(String provider) {
    faults.remove(provider);
  }

  synchronized void clear() {
    faults.clear();
  }

  synchronized boolean isEmpty() {
    return faults.isEmpty();
  }

  synchronized boolean contains(String provider) {
    return faults.containsKey(provider);
  }

  synchronized Optional<String> fault(String provider) {
    return Optional.ofNullable(faults.get(provider));
  }

  /** Who has waited longest for another try is the first. */
  synchronized List<String> inOrder() {
    return List.copyOf(faults.keySet());
  }
}
