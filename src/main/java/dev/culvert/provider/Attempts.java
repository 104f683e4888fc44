package dev.culvert.provider;

import dev.culvert.config.Route;
import dev.culvert.config.Upstream;
import dev.culvert.provider.Provider.Bar;
import dev.culvert.provider.lease.Admission;
import dev.culvert.provider.lease.Lease;
import dev.culvert.provider.lease.LeaseStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * The attempts of one request. Each provider is tried once, with its retries; a budget bounds them
 * all. Any thread.
 *
 * <pre>
 * next(), another() -> None: the client gets the last failure, or 503
 *        -> Attempt: send; succeeded(), or after(attempt, failure) -> Verdict; close() either way
 * </pre>
 */
public final class Attempts implements AutoCloseable {

  private static final String OVER = "request: over (expected: one that goes on)";

  /** What became of one provider. */
  private static final class Tries {
    private int retries;

    /** Index of the address to begin with. */
    private int address;

    private boolean reconnected;
  }

  /**
   * A provider that is to be tried once more.
   *
   * @param due when, in nanoseconds of the clock
   */
  private record Retry(Provider provider, long due) {}

  private final Route route;
  private final List<Provider> providers;
  private final Optional<String> hashed;
  private final String session;
  private final Stickiness stickiness;
  private final RouteSelector selector;
  private final LeaseStore leases;
  private final ProviderEvents events;
  private final LongSupplier clock;
  private final RandomGenerator random;

  /** Providers that get no further attempt, with the reason; guarded by this. */
  private final Map<String, Bar> excluded = new LinkedHashMap<>();

  /** Providers to which attempts were made; guarded by this. */
  private final Map<String, Tries> tries = new HashMap<>();

  /** Those that come first, first; guarded by this. */
  private final PriorityQueue<Retry> waiting =
      new PriorityQueue<>((one, other) -> Long.signum(one.due() - other.due()));

  /** Attempts so far, those on their way included; guarded by this. */
  private int made;

  /** Guarded by this. */
  private boolean closed;

  /**
   * @param providers of the route, in its order
   * @param barred those of them that must not get the request, with the reason
   * @param hashed what the route's policy looks at
   * @param session for the leases
   * @param clock in nanoseconds
   */
  Attempts(
      Route route,
      List<Provider> providers,
      Map<String, Bar> barred,
      Optional<String> hashed,
      String session,
      Stickiness stickiness,
      RouteSelector selector,
      LeaseStore leases,
      ProviderEvents events,
      LongSupplier clock,
      RandomGenerator random) {
    this.route = route;
    this.providers = providers;
    this.hashed = hashed;
    this.session = session;
    this.stickiness = stickiness;
    this.selector = selector;
    this.leases = leases;
    this.events = events;
    this.clock = clock;
    this.random = random;
    excluded.putAll(barred);
  }

  /**
   * Looks for a provider, or takes the one that is to be tried again, and takes a lease there.
   *
   * @return an {@link Attempt}, to be closed by the caller, or {@link Choice.None}; never completes
   *     exceptionally. It may complete on a thread of the lease store, which must not be kept
   *     waiting.
   */
  public CompletionStage<Choice> next() {
    return choose(this::again);
  }

  /**
   * Looks for another provider than all so far, besides what is under way: one that is to be tried
   * again waits for {@link #next}, and for its pause.
   *
   * @return as {@link #next}
   */
  public CompletionStage<Choice> another() {
    return choose(Optional::empty);
  }

  /** What is on its way counts as made: two that look at once do not exceed the budget. */
  private CompletionStage<Choice> choose(Supplier<Optional<Provider>> first) {
    int budget = route.retry().attempts();
    synchronized (this) {
      if (closed) {
        return none(OVER);
      }
      if (made >= budget) {
        return none("attempts: %d made (expected: fewer than %d)".formatted(made, budget));
      }
      made++;
    }
    return look(first)
        .thenApply(
            choice -> {
              if (choice instanceof Choice.None) {
                giveBack();
              }
              return choice;
            });
  }

  private synchronized void giveBack() {
    made--;
  }

  private CompletionStage<Choice> look(Supplier<Optional<Provider>> first) {
    Optional<Provider> picked = first.get();
    while (true) {
      if (picked.isEmpty()) {
        picked = pick();
      }
      if (picked.isEmpty()) {
        return CompletableFuture.completedFuture(nobody());
      }
      Provider provider = picked.get();
      Optional<Circuit.Permit> permit = provider.circuit().enter();
      if (permit.isPresent() && provider.join()) {
        return lease(provider, permit.get());
      }
      permit.ifPresent(Circuit.Permit::release);
      exclude(provider, permit.isPresent() ? Bar.FULL : Bar.OPEN);
      picked = first.get();
    }
  }

  private synchronized Optional<Provider> again() {
    while (!waiting.isEmpty()) {
      Provider provider = waiting.remove().provider();
      if (provider.bar(true).isEmpty()) {
        return Optional.of(provider);
      }
    }
    return Optional.empty();
  }

  /** Who was chosen is excluded, so that no two attempts are at one provider. */
  private synchronized Optional<Provider> pick() {
    Optional<Provider> bound = stickiness.bound(providers);
    List<Provider> open = new ArrayList<>(providers.size());
    for (Provider provider : providers) {
      boolean asBound = bound.filter(provider::equals).isPresent();
      if (!excluded.containsKey(provider.name()) && provider.bar(asBound).isEmpty()) {
        open.add(provider);
      }
    }
    Optional<Provider> chosen = bound.filter(open::contains).or(() -> ofBestTier(open));
    chosen.ifPresent(provider -> excluded.put(provider.name(), Bar.TRIED));
    return chosen;
  }

  private Optional<Provider> ofBestTier(List<Provider> open) {
    if (open.isEmpty()) {
      return Optional.empty();
    }
    int best = Integer.MAX_VALUE;
    for (Provider provider : open) {
      best = Math.min(best, provider.upstream().priority());
    }
    List<Provider> tier = new ArrayList<>(open.size());
    for (Provider provider : open) {
      if (provider.upstream().priority() == best) {
        tier.add(provider);
      }
    }
    return Optional.of(selector.choose(route.policy(), hashed, tier));
  }

  private synchronized void exclude(Provider provider, Bar why) {
    excluded.put(provider.name(), why);
  }

  private CompletionStage<Choice> lease(Provider provider, Circuit.Permit permit) {
    Upstream upstream = provider.upstream();
    return admission(Lease.of(provider.name(), session), upstream.maxSessions())
        .thenCompose(
            admission -> {
              if (admission instanceof Admission.Admitted admitted) {
                return begin(provider, upstream, permit, admitted.lease());
              }
              permit.release();
              provider.leave();
              if (admission instanceof Admission.Unavailable unavailable) {
                return none("lease store: " + unavailable.detail());
              }
              exclude(provider, Bar.FULL);
              return look(Optional::empty);
            });
  }

  /** A store that fails admits nobody: what is held for the attempt is given back as ever. */
  private CompletionStage<Admission> admission(Lease lease, int limit) {
    CompletionStage<Admission> asked;
    try {
      asked = leases.acquire(lease, limit);
    } catch (Throwable e) { // an Error too must not keep a probe and a place for good
      asked = CompletableFuture.failedFuture(e);
    }
    return asked.exceptionally(fault -> new Admission.Unavailable("fault: " + fault));
  }

  private CompletionStage<Choice> begin(
      Provider provider, Upstream upstream, Circuit.Permit permit, Lease lease) {
    Attempt attempt;
    boolean wanted;
    synchronized (this) {
      wanted = !closed;
      Tries before = tries.computeIfAbsent(provider.name(), name -> new Tries());
      List<Upstream.Address> all = upstream.addresses();
      int first = Math.min(before.address, all.size() - 1);
      attempt =
          new Attempt(
              this, provider, upstream, lease, permit, List.copyOf(all.subList(first, all.size())));
    }
    if (!wanted) {
      attempt.close();
      return none(OVER);
    }
    return CompletableFuture.completedFuture(attempt);
  }

  private static CompletionStage<Choice> none(String reason) {
    return CompletableFuture.completedFuture(new Choice.None(reason, Optional.empty()));
  }

  private synchronized Choice.None nobody() {
    String reason =
        providers.stream()
            .map(provider -> provider.name() + " " + barOf(provider))
            .collect(Collectors.joining(", ", "providers: ", " (expected: one that is free)"));
    return new Choice.None(
        reason,
        providers.stream()
            .filter(provider -> !isStranger(provider))
            .filter(Provider::isEnabled)
            .map(Provider::closedFor)
            .filter(time -> !time.isZero())
            .min(Duration::compareTo));
  }

  /** Whether the request must not go there, whenever that is free. */
  private boolean isStranger(Provider provider) {
    Bar why = excluded.get(provider.name());
    return why == Bar.GROUP || why == Bar.STRANGE;
  }

  private Bar barOf(Provider provider) {
    return Optional.ofNullable(excluded.get(provider.name()))
        .or(() -> provider.bar(false))
        .orElse(Bar.FULL);
  }

  /** Whether the route lets requests of this method be done twice. */
  public boolean mayRepeat(String method) {
    return route.retry().methods().contains(method);
  }

  /**
   * Says what follows from a failure, by its class; {@link Attempt#failed} is part of this. The
   * attempt is to be closed all the same.
   */
  public synchronized Verdict after(Attempt attempt, Failure failure) {
    attempt.failed(failure);
    return switch (failure.kind()) {
      case CONNECT, RESET -> afterLoss(attempt);
      case SERVER_ERROR, RATE_LIMITED, ACCOUNT_LIMITED -> afterError(attempt);
      case CREDENTIAL, REFUSED, CALLER_LIMITED -> elsewhere();
      case CLIENT_ERROR, POLICY, CLIENT_GONE -> new Verdict.Return();
      case LOCAL -> new Verdict.Unavailable();
    };
  }

  /** Once more at the next address of the provider, when it has one. */
  private Verdict afterLoss(Attempt attempt) {
    Provider provider = attempt.provider();
    Tries before = tries.get(provider.name());
    before.address += attempt.tried();
    boolean again =
        !before.reconnected
            && before.address < attempt.upstream().addresses().size()
            && provider.bearsRetry();
    if (!again) {
      return elsewhere();
    }
    before.reconnected = true;
    return retry(provider, Duration.ZERO);
  }

  private Verdict afterError(Attempt attempt) {
    Provider provider = attempt.provider();
    Tries before = tries.get(provider.name());
    before.address += attempt.tried() - 1;
    if (before.retries >= route.retry().count() || !provider.bearsRetry()) {
      return elsewhere();
    }
    long most = route.retry().backoff().toMillis() << Math.min(before.retries, 16);
    before.retries++;
    return retry(provider, Duration.ofMillis(random.nextLong(most + 1)));
  }

  private Verdict retry(Provider provider, Duration pause) {
    waiting.add(new Retry(provider, clock.getAsLong() + pause.toNanos()));
    return elsewhere();
  }

  /** Whoever is to be tried again is the next one, at its time. */
  private Verdict elsewhere() {
    return orReturn(
        Optional.ofNullable(waiting.peek())
            .<Verdict>map(
                first ->
                    new Verdict.Retry(
                        Duration.ofNanos(Math.max(0, first.due() - clock.getAsLong()))))
            .orElseGet(Verdict.Switch::new));
  }

  /** When nothing is left of the budget, the client gets what there is. */
  private Verdict orReturn(Verdict further) {
    return made < route.retry().attempts() ? further : new Verdict.Return();
  }

  /** Ends the request: no attempt begins any more, not even one whose lease is on its way. */
  @Override
  public synchronized void close() {
    closed = true;
  }

  /** One that is disabled or gone serves what it has begun; the session is to go elsewhere. */
  void served(Attempt attempt) {
    if (attempt.provider().isEnabled()) {
      stickiness.served(attempt.provider().name(), this::wasTried);
    }
  }

  private synchronized boolean wasTried(String provider) {
    return tries.containsKey(provider);
  }

  void release(Lease lease) {
    leases.release(lease);
  }

  ProviderEvents events() {
    return events;
  }
}
