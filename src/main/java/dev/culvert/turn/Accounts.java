package dev.culvert.turn;

import dev.culvert.config.Account;
import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.config.Upstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Chooses accounts. A conversation has the same one each time, also in the next deployment, since
 * the choice is a hash of both; it moves on only while its account rests. Any thread.
 */
public final class Accounts {

  /** How long an account that an upstream refused is left alone, unless there is no other one. */
  private static final Duration REST = Duration.ofSeconds(60);

  /** No upstream can have an account left alone for longer than this. */
  private static final Duration LONGEST_REST = Duration.ofMinutes(10);

  private final LongSupplier clock;

  /** Until when, by name. */
  private final Map<String, Long> resting = new ConcurrentHashMap<>();

  /**
   * @param clock in nanoseconds, as {@link System#nanoTime}
   */
  public Accounts(LongSupplier clock) {
    this.clock = clock;
  }

  /**
   * Chooses one.
   *
   * @param names at least one
   * @param owner the account that has what the turn continues; empty when there is none
   * @param seed what the choice is to be the same for
   */
  public String choose(List<String> names, String owner, List<String> seed) {
    if (names.contains(owner)) {
      return owner;
    }
    List<String> rested = names.stream().filter(name -> !isResting(name)).toList();
    return (rested.isEmpty() ? names : rested)
        .stream().max(Comparator.comparing(name -> weight(name, seed))).orElseThrow();
  }

  /** Highest random weight: another account more or less moves as few conversations as may be. */
  private static String weight(String name, List<String> seed) {
    List<String> parts = new ArrayList<>(seed);
    parts.add(name);
    return Digest.of(parts);
  }

  /**
   * An upstream has refused the account.
   *
   * @param retryAfter for how long, where it has said so; at most ten minutes count
   */
  public void rest(String name, Optional<Duration> retryAfter) {
    Duration rest = retryAfter.orElse(REST);
    Duration bounded = rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST;
    resting.put(name, clock.getAsLong() + bounded.toNanos());
  }

  /**
   * Which accounts rest until when, for the next deployment, whose clock is this one.
   *
   * @param credentials by account: who gets another one rests no more
   */
  public String note(Map<String, String> credentials) {
    return resting.entrySet().stream()
        .filter(rest -> isResting(rest.getKey()) && credentials.containsKey(rest.getKey()))
        .map(rest -> rest.getKey() + " " + rest.getValue() + " " + credentials.get(rest.getKey()))
        .collect(Collectors.joining("\n"));
  }

  /**
   * Has those rest on that the deployment before has noted.
   *
   * @param credentials as they are now
   */
  public void recall(String note, Map<String, String> credentials) {
    note.lines()
        .map(line -> line.split(" ", -1))
        .filter(parts -> parts.length == 3 && parts[2].equals(credentials.get(parts[0])))
        .filter(parts -> parts[1].matches("-?\\d{1,18}")) // else a note of another version
        .forEach(parts -> resting.put(parts[0], Long.valueOf(parts[1])));
  }

  /** What tells credentials from earlier ones, of each account. */
  public static Map<String, String> credentials(Settings settings) {
    Map<String, String> digests = new TreeMap<>();
    settings
        .accounts()
        .forEach((name, account) -> digests.put(name, Digest.of(texts(account.headers()))));
    return digests;
  }

  private static List<String> texts(Map<String, String> headers) {
    return headers.entrySet().stream()
        .flatMap(header -> Stream.of(header.getKey(), header.getValue()))
        .toList();
  }

  private boolean isResting(String name) {
    return Optional.ofNullable(resting.get(name))
        .filter(until -> until - clock.getAsLong() > 0)
        .isPresent();
  }

  /**
   * The name under which sockets are kept that were opened with a caller's own credential. After
   * {@code #} stands what tells it from others; before it the group of all at this upstream.
   *
   * @param digest of the credential
   */
  public static String ofCaller(Upstream upstream, String digest) {
    return ofCallers(upstream) + "#" + digest;
  }

  private static String ofCallers(Upstream upstream) {
    return "upstream:" + upstream.name(); // no account can have a colon in its name
  }

  /**
   * What tells credentials from earlier ones, and addresses and TLS settings too: of each account
   * that routes use.
   */
  public static Map<String, String> fingerprints(Settings settings) {
    Map<String, List<String>> parts = new TreeMap<>();
    settings.routes().values().stream()
        .filter(route -> route.mode() == Route.Mode.TURNS)
        .flatMap(route -> route.upstreams().stream())
        .distinct()
        .sorted()
        .map(settings.upstreams()::get)
        .forEach(upstream -> collect(settings, upstream, parts));
    Map<String, String> fingerprints = new TreeMap<>();
    parts.forEach((name, list) -> fingerprints.put(name, Digest.of(list)));
    return fingerprints;
  }

  private static void collect(
      Settings settings, Upstream upstream, Map<String, List<String>> parts) {
    if (!upstream.enabled()) {
      return;
    }
    if (upstream.accounts().isEmpty()) {
      add(parts, ofCallers(upstream), place(upstream));
    }
    for (String name : upstream.accounts()) {
      Account account = settings.accounts().get(name);
      List<String> list = new ArrayList<>(place(upstream));
      list.addAll(texts(account.headers()));
      add(parts, name, list);
    }
  }

  /** Whom its sockets are connected with, and how that is made sure. */
  private static List<String> place(Upstream upstream) {
    String addresses = upstream.addresses().toString();
    return upstream
        .tls()
        .map(tls -> List.of(addresses, tls.fingerprint(), tls.serverName().orElse("")))
        .orElse(List.of(addresses));
  }

  private static void add(Map<String, List<String>> parts, String name, List<String> more) {
    parts.computeIfAbsent(name, n -> new ArrayList<>()).addAll(more);
  }
}
