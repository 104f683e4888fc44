package dev.culvert.provider;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Checks the health of all providers whose configuration asks for it, each at its own interval give
 * or take a tenth, so that nodes that began together do not ask together. {@link #run} is called
 * more often than the shortest interval, by one thread.
 */
public final class HealthChecks implements Runnable {

  private static final double JITTER = 0.1;

  private final Providers providers;
  private final Prober prober;
  private final ProviderEvents events;
  private final LongSupplier clock;
  private final RandomGenerator random;

  /**
   * When a provider is checked next.
   *
   * @param health what this one goes on with: with another one a check is due at once
   * @param at in nanoseconds of the clock
   */
  private record Due(Health health, long at) {}

  /** By name; the calling thread's. */
  private final Map<String, Due> due = new HashMap<>();

  /** What is being checked; guarded by itself. */
  private final Set<Provider> underWay = new HashSet<>();

  /**
   * @param clock in nanoseconds
   */
  public HealthChecks(
      Providers providers,
      Prober prober,
      ProviderEvents events,
      LongSupplier clock,
      RandomGenerator random) {
    this.providers = providers;
    this.prober = prober;
    this.events = events;
    this.clock = clock;
    this.random = random;
  }

  /** Begins the checks that are due. */
  @Override
  public void run() {
    Set<String> checked = new HashSet<>();
    for (Provider provider : providers.all()) {
      Health health = provider.health();
      Duration interval = health.rules().interval();
      if (interval.isZero() || !provider.isEnabled()) {
        continue;
      }
      checked.add(provider.name());
      long now = clock.getAsLong();
      if (isDue(provider.name(), health, now) && begin(provider, health)) {
        double factor = 1 + JITTER * (2 * random.nextDouble() - 1);
        due.put(provider.name(), new Due(health, now + (long) (interval.toNanos() * factor)));
      }
    }
    due.keySet().retainAll(checked);
  }

  private boolean isDue(String provider, Health health, long now) {
    Due next = due.get(provider);
    return next == null || next.health() != health || next.at() - now <= 0;
  }

  /** One check at a time: a slow provider is not asked more often for that. */
  private boolean begin(Provider provider, Health health) {
    synchronized (underWay) {
      if (!underWay.add(provider)) {
        return false;
      }
    }
    CompletionStage<Optional<String>> unused =
        probe(provider)
            .exceptionally(fault -> Optional.of(fault.toString()))
            .whenComplete((wrong, fault) -> ended(provider, health, wrong));
    return true;
  }

  /**
   * One provider's fault, an Error too, must not keep the others or the next from being checked.
   */
  private CompletionStage<Optional<String>> probe(Provider provider) {
    try {
      return prober.probe(provider.upstream());
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void ended(Provider provider, Health health, Optional<String> wrong) {
    synchronized (underWay) {
      underWay.remove(provider);
    }
    if (health.checked(wrong.isEmpty())) {
      events.health(provider.name(), wrong.isEmpty(), wrong.orElse(""));
    }
  }
}
