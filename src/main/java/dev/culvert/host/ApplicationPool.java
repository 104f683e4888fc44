package dev.culvert.host;

import dev.culvert.boundary.PoolSpec;
import dev.culvert.boundary.Sample;
import dev.culvert.host.pool.AccountName;
import dev.culvert.host.pool.Decision;
import dev.culvert.host.pool.Dialer;
import dev.culvert.host.pool.Pool;
import dev.culvert.host.pool.PoolObserver;
import dev.culvert.host.pool.PoolSettings;
import dev.culvert.host.pool.SocketEnd;
import dev.culvert.host.pool.SocketView;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/** The pool of one application, with its books and its policy at redeploys. Any thread. */
final class ApplicationPool implements PoolObserver {

  static final String SOCKETS = "culvert_pool_sockets";
  static final String DECISIONS = "culvert_pool_decisions_total";
  static final String EVICTIONS = "culvert_pool_evictions_total";

  private static final Logger LOG = System.getLogger("dev.culvert.pool");

  private final String application;
  private final Ledger ledger;
  private final Pool pool;
  private volatile boolean keep = true;

  /** What the newest configuration says. */
  private final AtomicReference<PoolSettings> configured =
      new AtomicReference<>(PoolSettings.DEFAULTS);

  /** What tells the credentials in force from others, by account. */
  private final AtomicReference<Map<String, String>> accounts = new AtomicReference<>(Map.of());

  ApplicationPool(String application, Dialer dialer, Ledger ledger, LongSupplier clock) {
    this.application = application;
    this.ledger = ledger;
    this.pool = new Pool(dialer, PoolSettings.DEFAULTS, clock, this);
  }

  Pool pool() {
    return pool;
  }

  /** What an operator has set stays until the configuration says something else than before. */
  void configure(PoolSpec spec) {
    keep = spec.keep();
    replaceAccounts(spec.accounts() == null ? Map.of() : Map.copyOf(spec.accounts()));
    PoolSettings next = settings(spec);
    PoolSettings before = configured.getAndSet(next);
    pool.change(inForce -> inForce.changed(before, next));
  }

  private static PoolSettings settings(PoolSpec spec) {
    return new PoolSettings(
        spec.enabled(),
        Duration.ofMillis(spec.maxAgeMillis()),
        spec.maxPerAccount(),
        Duration.ofMillis(spec.pingIntervalMillis()),
        Duration.ofMillis(spec.openTimeoutMillis()),
        Duration.ofMillis(spec.responseStartMillis()));
  }

  /** What was opened with a credential that is not in force any more takes no further turn. */
  private void replaceAccounts(Map<String, String> next) {
    Map<String, String> before = accounts.getAndSet(next);
    before.forEach(
        (account, credential) -> {
          if (!credential.equals(next.get(account))) {
            int unused = pool.evict(account);
          }
        });
  }

  void undeployed() {
    if (!keep) {
      int unused = pool.evictAll();
    }
  }

  /** A fault must not end the repetition. */
  void housekeep() {
    try {
      pool.housekeep();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "CULVERT-P002 the pool's housekeeping failed", e);
    }
  }

  List<Sample> samples() {
    Map<List<String>, Integer> counts = new LinkedHashMap<>();
    for (SocketView socket : pool.sockets()) {
      // Callers bring as many credentials as they like, and each series stays for good.
      String account = AccountName.group(socket.account());
      counts.merge(List.of(account, socket.state()), 1, Integer::sum);
    }
    return counts.entrySet().stream()
        .map(e -> gauge(e.getKey().get(0), e.getKey().get(1), e.getValue()))
        .toList();
  }

  private static Sample gauge(String account, String state, int value) {
    Map<String, String> tags = new TreeMap<>(Map.of("account", account, "state", state));
    return new Sample(SOCKETS, Sample.GAUGE, tags, value, List.of(), List.of());
  }

  @Override
  public void decided(String account, Decision decision) {
    ledger.count(application, DECISIONS, Map.of("decision", decision.kind()), 1);
  }

  @Override
  public void ended(String account, String socket, SocketEnd end) {
    ledger.count(application, EVICTIONS, Map.of("reason", end.cause().label()), 1);
    LOG.log(
        Level.DEBUG,
        "upstream socket ended: account={0} socket={1} reason={2} code={3} detail={4}",
        account,
        socket,
        end.cause().label(),
        Integer.toString(end.code()),
        end.detail());
  }
}
