package dev.culvert.config;

import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the configuration and checks all of it. {@code docs/configuration.md} describes the keys.
 *
 * <p>Stateless; safe for use by any thread.
 */
public final class SettingsReader {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration RELOAD_INTERVAL = Duration.ofSeconds(10);
  private static final String LOGGER = "dev.culvert.stream";

  private static final List<Duration> DURATION_BUCKETS =
      Stream.of("100ms", "1s", "10s", "1m", "5m", "15m", "1h", "4h", "12h", "1d", "3d", "7d")
          .map(Durations::positive)
          .toList();

  /** Names end up in keys, variables, tags of metrics and log lines. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");

  private final Source source;
  private final Keys keys;

  private SettingsReader(Source source, Keys keys) {
    this.source = source;
    this.keys = keys;
  }

  /**
   * Reads all keys that begin with {@code culvert.}, and the environment variables that stand for
   * such keys.
   *
   * @throws ConfigException when anything is wrong; it names every fault
   */
  public static Settings read(Values values) {
    return read(values.names(), values::value);
  }

  /**
   * Reads the same from anywhere else.
   *
   * @param names all names that have a value, in the forms in which sources list them
   * @param lookup value of a dotted key
   */
  static Settings read(Iterable<String> names, Function<String, Optional<String>> lookup) {
    Source source = new Source(lookup);
    Settings settings = new SettingsReader(source, KeyNames.resolve(names, source)).settings();
    List<Problem> problems = source.problems();
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return settings;
  }

  private Settings settings() {
    Map<String, Account> accounts = accounts();
    Map<String, Upstream> upstreams = upstreams(accounts.keySet());
    Map<String, Route> routes = routes(upstreams.keySet());
    rejectGroupsOfStrangers(routes.values(), upstreams);
    rejectHostsOfNoUri(routes.values(), upstreams);
    Section section = new Section(source, "culvert.");
    return new Settings(
        routes,
        upstreams,
        section.list("trusted-proxies", Cidr::parse).orElse(List.of()),
        streamLog(),
        section.get("transport.connect-timeout", CONNECT_TIMEOUT, Durations::timeout),
        durationBuckets(section),
        admin(section),
        section.get("reload-interval", RELOAD_INTERVAL, Durations::zeroOrMore),
        section.get("take-over", true, Words::takeOver),
        new PoolReader(source).read(),
        accounts,
        new SessionsReader(source).read(),
        new TransportReader(source).read());
  }

  private static AdminRules admin(Section section) {
    return new AdminRules(
        roles(section, "admin.roles", AdminRules.DEFAULTS.managers()),
        roles(section, "admin.read-roles", AdminRules.DEFAULTS.readers()));
  }

  private static Set<String> roles(Section section, String key, Set<String> otherwise) {
    return section.list(key, Function.identity()).<Set<String>>map(Set::copyOf).orElse(otherwise);
  }

  private Map<String, Account> accounts() {
    AccountReader reader = new AccountReader(source, keys);
    Map<String, Account> accounts = new TreeMap<>();
    for (String name : names(KeyCatalogue.ACCOUNTS)) {
      accounts.put(name, reader.read(name));
    }
    return accounts;
  }

  private Map<String, Upstream> upstreams(Set<String> accounts) {
    UpstreamReader reader = new UpstreamReader(source, accounts);
    Map<String, Upstream> upstreams = new TreeMap<>();
    for (String name : names(KeyCatalogue.UPSTREAMS)) {
      upstreams.put(name, reader.read(name));
    }
    return upstreams;
  }

  private Map<String, Route> routes(Set<String> upstreams) {
    RouteReader reader = new RouteReader(source, keys);
    reader.checkDefaults();
    Map<String, Route> routes = new TreeMap<>();
    for (String name : names(KeyCatalogue.ROUTES)) {
      reader.read(name, upstreams).ifPresent(route -> routes.put(name, route));
    }
    rejectTwins(routes.values());
    return routes;
  }

  private void rejectTwins(Collection<Route> routes) {
    Map<List<Object>, Route> taken = new HashMap<>();
    for (Route route : routes) {
      Route twin = taken.putIfAbsent(List.of(route.path(), route.host()), route);
      if (twin != null) {
        source.reject(
            KeyCatalogue.ROUTES + route.name() + ".path",
            route.path().pattern(),
            "expected: another path or host than that of route " + twin.name());
      }
    }
  }

  /** Servers ask callers who they are where a route wants to know it, and nowhere else. */
  private void rejectGroupsOfStrangers(Collection<Route> routes, Map<String, Upstream> upstreams) {
    routes.stream()
        .filter(route -> route.roles().isEmpty())
        .forEach(
            route ->
                route.upstreams().stream()
                    .map(upstreams::get)
                    .filter(upstream -> upstream != null && !upstream.groups().isEmpty())
                    .forEach(upstream -> rejectGroups(upstream, route)));
  }

  private void rejectGroups(Upstream upstream, Route route) {
    source.reject(
        KeyCatalogue.UPSTREAMS + upstream.name() + ".groups",
        String.join(", ", new TreeSet<>(upstream.groups())),
        "expected: only for routes that have roles, which route " + route.name() + " has not");
  }

  /** The WebSocket client of turns knows addresses as URIs. */
  private void rejectHostsOfNoUri(Collection<Route> routes, Map<String, Upstream> upstreams) {
    routes.stream()
        .filter(route -> route.mode() == Route.Mode.TURNS)
        .flatMap(route -> route.upstreams().stream())
        .distinct()
        .map(upstreams::get)
        .filter(Objects::nonNull)
        .forEach(
            upstream ->
                upstream.addresses().stream()
                    .map(Upstream.Address::host)
                    .filter(host -> URI.create("ws://" + host).getHost() == null)
                    .forEach(host -> rejectHost(upstream, host)));
  }

  private void rejectHost(Upstream upstream, String host) {
    source.reject(
        KeyCatalogue.UPSTREAMS + upstream.name() + ".url",
        host,
        "expected: a host as in RFC 2396, without underscores and its last label beginning with a"
            + " letter, since a route in mode turns has this upstream");
  }

  private StreamLog streamLog() {
    Section section = new Section(source, "culvert.stream.logs.");
    return new StreamLog(
        section.get("level", System.Logger.Level.DEBUG, Words::level),
        section.get("logger", LOGGER, Words::logger),
        section.get("handshake", true, Words::bool));
  }

  private List<Duration> durationBuckets(Section section) {
    String key = "metrics.duration-buckets";
    List<Duration> buckets = section.list(key, Durations::positive).orElse(DURATION_BUCKETS);
    if (!buckets.equals(buckets.stream().sorted().toList())) {
      source.reject("culvert." + key, buckets.toString(), "expected: ascending durations");
    }
    return buckets;
  }

  /** Names after the prefix, with a problem for each that cannot be told from another one. */
  private Set<String> names(String prefix) {
    Set<String> names = keys.namesBelow(prefix);
    Map<String, String> variables = new HashMap<>();
    for (String name : names) {
      if (!NAME.matcher(name).matches()) {
        rejectName(prefix, name, "1 to 64 letters, digits, - and _");
      }
      String twin = variables.putIfAbsent(KeyTemplate.variableOf(name), name);
      if (twin != null) {
        rejectName(
            prefix,
            name,
            "a name that environment variables can tell from "
                + twin
                + ", so not only by case, - and _");
      }
    }
    return names;
  }

  private void rejectName(String prefix, String name, String expected) {
    source.reject(new Problem(prefix + name, name, "expected: " + expected));
  }
}
