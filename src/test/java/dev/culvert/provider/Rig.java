package dev.culvert.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.Feature;
import dev.culvert.config.Settings;
import dev.culvert.config.SettingsReader;
import dev.culvert.provider.lease.StoreKind;
import dev.culvert.testkit.MapValues;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * Providers a, b and c after a route {@code r}, in this order; a clock that stands still, and books
 * of all that they tell.
 */
final class Rig implements ProviderEvents, Bindings, AutoCloseable {

  final TestLeases leases;
  final Map<String, Integer> streams = new HashMap<>();
  final Map<String, String> bindings = new HashMap<>();
  final List<String> told = Collections.synchronizedList(new ArrayList<>());
  final TestTimer timer = new TestTimer();
  final TestNotes notes = new TestNotes();
  Settings settings;

  /** Of the present deployment. */
  Providers providers;

  /** With leases in memory. */
  Rig(String... keysAndValues) {
    this(StoreKind.MEMORY, keysAndValues);
  }

  Rig(StoreKind stores, String... keysAndValues) {
    this(new TestLeases(stores), keysAndValues);
  }

  /** With these leases, which it disposes of. */
  Rig(TestLeases leases, String... keysAndValues) {
    this.leases = leases;
    providers = providers();
    configure(keysAndValues);
  }

  private Providers providers() {
    return new Providers(
        leases,
        this,
        notes,
        name -> streams.getOrDefault(name, 0),
        this,
        timer::nanos,
        new Random(20_260_101));
  }

  /** The next deployment, with the usual configuration, and these keys and values. */
  void redeploy(String... keysAndValues) {
    providers.note();
    deploy(keysAndValues);
  }

  /** The next deployment after one that came to no proper end. */
  void deploy(String... keysAndValues) {
    providers = providers();
    configure(keysAndValues);
  }

  /** Nothing is held, and nothing comes back. */
  void assertNothingIsHeld() {
    assertThat(leases.held()).isEmpty();
    assertThat(leases.heldForLong()).isEmpty();
    assertThat(providers.list()).allMatch(view -> view.streams() == 0);
  }

  /** Puts a configuration into force: the usual one, and these keys and values. */
  void configure(String... keysAndValues) {
    Map<String, String> values = new TreeMap<>();
    values.put("culvert.routes.r.path", "/*");
    values.put("culvert.routes.r.upstreams", "a,b,c");
    values.put("culvert.routes.r.policy", "first");
    for (String name : List.of("a", "b", "c")) {
      values.put("culvert.upstreams." + name + ".url", "ws://" + name + ":1");
    }
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put("culvert." + keysAndValues[i], keysAndValues[i + 1]);
    }
    settings = read(values);
    providers.configure(settings);
  }

  /** Takes an upstream away; the route has the others. */
  void remove(String name) {
    Map<String, String> values = new TreeMap<>();
    List<String> left = List.of("a", "b", "c").stream().filter(one -> !one.equals(name)).toList();
    values.put("culvert.routes.r.path", "/*");
    values.put("culvert.routes.r.upstreams", String.join(",", left));
    left.forEach(one -> values.put("culvert.upstreams." + one + ".url", "ws://" + one + ":1"));
    settings = read(values);
    providers.configure(settings);
  }

  private static Settings read(Map<String, String> values) {
    return SettingsReader.read(new MapValues(values));
  }

  /** A request of its own session. */
  Attempts request() {
    return request(Optional.empty(), Set.of(), Map.of());
  }

  Attempts request(String session) {
    return request(Optional.of(session), Set.of(), Map.of());
  }

  Attempts request(Optional<String> session, Set<String> groups, Map<Feature, String> features) {
    return providers.attempts(
        settings.routes().get("r"),
        new Ask(session, groups::contains, feature -> Optional.ofNullable(features.get(feature))));
  }

  /** What the next choice is, which must be there at once. */
  static Choice choice(Attempts attempts) {
    return attempts.next().toCompletableFuture().getNow(null);
  }

  static Attempt attempt(Attempts attempts) {
    Choice choice = choice(attempts);
    assertThat(choice).isInstanceOf(Attempt.class);
    return (Attempt) choice;
  }

  static Choice.None none(Attempts attempts) {
    Choice choice = choice(attempts);
    assertThat(choice).isInstanceOf(Choice.None.class);
    return (Choice.None) choice;
  }

  /** The provider that a request of its own gets, and leaves again without a result. */
  String chosen() {
    return chosenBy(request());
  }

  /** The provider that a request of a session is served by. */
  String serve(String session) {
    try (Attempt attempt = attempt(request(session))) {
      attempt.succeeded();
      return attempt.upstream().name();
    }
  }

  static String chosenBy(Attempts attempts) {
    try (Attempt attempt = attempt(attempts)) {
      return attempt.upstream().name();
    }
  }

  /** A request of its own fails at the provider that it gets. */
  Verdict fail(Failure failure) {
    Attempts attempts = request();
    try (Attempt attempt = attempt(attempts)) {
      return attempts.after(attempt, failure);
    }
  }

  CircuitState circuit(String provider) {
    return view(provider).circuit();
  }

  ProviderView view(String provider) {
    return providers.list().stream()
        .filter(one -> one.name().equals(provider))
        .findFirst()
        .orElseThrow();
  }

  /** How often each provider is chosen by so many requests. */
  Map<String, Integer> choices(int requests) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (int i = 0; i < requests; i++) {
      counts.merge(chosen(), 1, Integer::sum);
    }
    return counts;
  }

  @Override
  public void attempted(String provider, String outcome) {
    told.add(provider + " " + outcome);
  }

  @Override
  public void hedged(String result) {
    told.add("hedged " + result);
  }

  @Override
  public void circuit(String provider, CircuitState state, Duration open) {
    told.add(provider + " " + state + " " + open.toSeconds());
  }

  @Override
  public void health(String provider, boolean well, String detail) {
    told.add(provider + (well ? " well" : " unwell: " + detail));
  }

  @Override
  public Optional<String> bound(String session) {
    return Optional.ofNullable(bindings.get(session));
  }

  @Override
  public void bind(String session, String provider) {
    bindings.put(session, provider);
  }

  @Override
  public void unbind(String session) {
    bindings.remove(session);
  }

  @Override
  public void retain(Set<String> providers) {
    bindings.values().retainAll(providers);
  }

  @Override
  public void close() {
    leases.dispose();
  }
}
