package dev.culvert.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The live deployments and the upstream addresses of each application. Any thread. */
final class Deployments {

  private final AtomicLong ids = new AtomicLong();
  private final Map<Long, Deployment> live = new ConcurrentHashMap<>();

  /** Of the newest configuration; stays while the application is undeployed. */
  private final Map<String, Set<String>> addresses = new ConcurrentHashMap<>();

  Deployment begin(String application) {
    Deployment deployment = new Deployment(ids.incrementAndGet(), application);
    live.put(deployment.id(), deployment);
    return deployment;
  }

  /**
   * Returns a live deployment.
   *
   * @throws IllegalStateException when there is none of that id
   */
  Deployment get(long id) {
    Deployment deployment = live.get(id);
    if (deployment == null) {
      throw new IllegalStateException("deployment: " + id + " (expected: one that is deployed)");
    }
    return deployment;
  }

  /** Whether there is a live deployment of that id. */
  boolean lives(long id) {
    return live.containsKey(id);
  }

  Optional<Deployment> end(long id) {
    Optional<Deployment> ended = Optional.ofNullable(live.remove(id));
    ended.ifPresent(Deployment::end);
    return ended;
  }

  void retain(String application, Set<String> newAddresses) {
    addresses.put(application, Set.copyOf(newAddresses));
  }

  boolean retains(String application, String address) {
    Set<String> known = addresses.get(application);
    return known == null || known.contains(address);
  }

  List<Deployment> live() {
    return List.copyOf(live.values());
  }

  /**
   * Has all live ones read their configuration again.
   *
   * @return how many did
   * @throws IllegalArgumentException that names what those refused that did not
   */
  int reload() {
    int done = 0;
    List<String> faults = new ArrayList<>();
    for (Deployment deployment : live()) {
      try {
        done += deployment.tell("reload") ? 1 : 0;
      } catch (IllegalArgumentException e) {
        faults.add(deployment.application() + ": " + e.getMessage());
      } catch (RuntimeException e) { // one that is about to end, for example
        faults.add(deployment.application() + ": " + e);
      }
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
    return done;
  }
}
