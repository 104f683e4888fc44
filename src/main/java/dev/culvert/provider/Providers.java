package dev.culvert.provider;

import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.config.Upstream;
import dev.culvert.provider.lease.LeaseStore;
import dev.culvert.provider.lease.UniqueIds;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * The providers of one deployment: what is known of them outlasts changes of the configuration, and
 * what operators said, open circuits and rests outlast the deployment. Any thread.
 */
public final class Providers {

  private static final String NOTE = "providers";

  private final LeaseStore leases;
  private final Bindings bindings;
  private final Notes notes;
  private final ToIntFunction<String> streams;
  private final ProviderEvents events;
  private final LongSupplier clock;
  private final RandomGenerator random;

  /** By name; replaced by {@link #configure}, one at a time. */
  private volatile Map<String, Provider> providers = Map.of();

  /** Replaced together with the providers. */
  private volatile Set<String> routes = Set.of();

  /** By route. */
  private final Map<String, RouteSelector> selectors = new ConcurrentHashMap<>();

  /**
   * Without any provider until {@link #configure}.
   *
   * @param notes of the deployment before and for the next one, whose clocks are this one
   * @param leases closed by its owner, not before this is out of use
   * @param streams how many live streams a provider carries, those of earlier deployments included;
   *     any thread, must not block
   * @param clock in nanoseconds, as {@link System#nanoTime}
   * @param random used by any thread
   */
  public Providers(
      LeaseStore leases,
      Bindings bindings,
      Notes notes,
      ToIntFunction<String> streams,
      ProviderEvents events,
      LongSupplier clock,
      RandomGenerator random) {
    this.leases = leases;
    this.bindings = bindings;
    this.notes = notes;
    this.streams = streams;
    this.events = events;
    this.clock = clock;
    this.random = random;
  }

  /** Puts a configuration into force. */
  public synchronized void configure(Settings settings) {
    boolean first = providers.isEmpty();
    Map<String, ProviderNote> former = first ? former() : Map.of();
    Map<String, Provider> next = new TreeMap<>();
    for (Upstream upstream : settings.upstreams().values()) {
      Provider known = providers.get(upstream.name());
      if (known == null) {
        known = new Provider(upstream, clock, streams, events);
        tell(known, Optional.ofNullable(former.get(upstream.name())));
      } else {
        known.configure(upstream);
      }
      next.put(upstream.name(), known);
    }
    Map<String, Provider> before = providers;
    providers = next;
    before.forEach(
        (name, provider) -> {
          if (!next.containsKey(name)) {
            provider.remove();
          }
        });
    routes = settings.routes().keySet();
    selectors.keySet().retainAll(routes);
    unbind();
    note();
  }

  /** Sessions keep no provider that is disabled or gone, whether they ask meanwhile or not. */
  private void unbind() {
    bindings.retain(
        providers.values().stream()
            .filter(Provider::isEnabled)
            .map(Provider::name)
            .collect(Collectors.toSet()));
  }

  private Map<String, ProviderNote> former() {
    return notes.read(NOTE).stream()
        .flatMap(String::lines)
        .flatMap(line -> ProviderNote.parse(line).stream())
        .collect(Collectors.toMap(ProviderNote::provider, Function.identity()));
  }

  private void tell(Provider provider, Optional<ProviderNote> former) {
    former.ifPresent(note -> note.tell(provider, clock.getAsLong()));
  }

  /** Leaves word for the next deployment; to be called at the end, too. */
  public synchronized void note() {
    long now = clock.getAsLong();
    notes.write(
        NOTE,
        providers.values().stream()
            .flatMap(provider -> ProviderNote.of(provider, now).stream())
            .map(ProviderNote::text)
            .collect(Collectors.joining("\n")));
  }

  /** Begins a request, which ends with {@link Attempts#close}. */
  public Attempts attempts(Route route, Ask ask) {
    Map<String, Provider> known = providers;
    List<Provider> ofRoute =
        route.upstreams().stream().map(known::get).filter(Objects::nonNull).toList();
    return new Attempts(
        route,
        ofRoute,
        barred(ofRoute, ask),
        route.policy().hash().flatMap(ask.features()),
        ask.session().orElseGet(UniqueIds::next),
        new Stickiness(ask.session().map(session -> key(route.name(), session)), bindings),
        selectors.computeIfAbsent(route.name(), name -> new RouteSelector(random)),
        leases,
        events,
        clock,
        random);
  }

  /** Those that must not get the request, with the reason. */
  private static Map<String, Provider.Bar> barred(List<Provider> providers, Ask ask) {
    Map<String, Provider.Bar> barred = new HashMap<>();
    for (Provider provider : providers) {
      if (!isFor(provider.upstream(), ask)) {
        barred.put(provider.name(), Provider.Bar.GROUP);
      } else if (!ask.only().map(provider.name()::equals).orElse(true)) {
        barred.put(provider.name(), Provider.Bar.STRANGE);
      }
    }
    return barred;
  }

  private static boolean isFor(Upstream upstream, Ask ask) {
    return upstream.groups().isEmpty() || upstream.groups().stream().anyMatch(ask.inGroup());
  }

  /** Two routes may have different providers, so that each binds for itself. */
  private static String key(String route, String session) {
    return route + '\n' + session;
  }

  /** All of them, by name. */
  public List<ProviderView> list() {
    return providers.values().stream().map(Providers::view).toList();
  }

  private static ProviderView view(Provider provider) {
    Upstream upstream = provider.upstream();
    return new ProviderView(
        provider.name(),
        provider.isEnabled(),
        provider.isDraining(),
        provider.circuit().state(),
        provider.circuit().remaining(),
        provider.health().isWell(),
        provider.rest(),
        provider.streams(),
        upstream.priority(),
        upstream.weight());
  }

  /**
   * Counts the sessions of a provider, over all nodes that share the store.
   *
   * @return -1 when the store is down; never completes exceptionally
   */
  public CompletionStage<Integer> sessions(String provider) {
    return leases.sessions(provider);
  }

  /**
   * Lets a provider be chosen, whatever its configuration says, until that changes; also in the
   * next deployments.
   *
   * @return false when there is none of that name
   */
  public boolean enable(String provider) {
    return order(provider, Provider.Order.ENABLE);
  }

  /** Has a provider chosen no more, as {@link #enable}; its streams go on. */
  public boolean disable(String provider) {
    return order(provider, Provider.Order.DISABLE);
  }

  /** Has a provider chosen by sessions only that are bound to it, as {@link #enable}. */
  public boolean drain(String provider) {
    return order(provider, Provider.Order.DRAIN);
  }

  private synchronized boolean order(String name, Provider.Order order) {
    Optional<Provider> provider = Optional.ofNullable(providers.get(name));
    provider.ifPresent(one -> one.order(order));
    unbind();
    note();
    return provider.isPresent();
  }

  /**
   * Ends all leases of a session at a provider, and what binds it there. Its streams go on, without
   * being counted.
   *
   * @return how many leases; never completes exceptionally
   */
  public CompletionStage<Integer> forceRelease(String provider, String session) {
    for (String route : routes) {
      String key = key(route, session);
      if (bindings.bound(key).equals(Optional.of(provider))) {
        bindings.unbind(key);
      }
    }
    return leases.terminate(provider, session);
  }

  List<Provider> all() {
    return List.copyOf(providers.values());
  }
}
