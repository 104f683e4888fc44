package dev.culvert.provider.lease.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.RedisRules;
import dev.culvert.provider.lease.Admission;
import dev.culvert.provider.lease.Lease;
import dev.culvert.provider.lease.LeaseStore;
import dev.culvert.provider.lease.LeaseStoreContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/**
 * Two nodes share one Redis. The clock of one stands still, that of the other is five minutes
 * ahead: neither decides anything.
 */
abstract class RedisContract extends LeaseStoreContract {

  private final String provider = "up-" + UUID.randomUUID();
  private Node here;
  private Node there;

  abstract RedisRules redis();

  /** A connection to a server whose clock counts. */
  abstract Jedis client();

  @BeforeEach
  void startNodes() {
    here = new Node(redis(), TTL, true, () -> 0);
    there = new Node(redis(), TTL, true, () -> System.nanoTime() + TimeUnit.MINUTES.toNanos(5));
  }

  @AfterEach
  void closeNodes() {
    here.close();
    there.close();
  }

  @Override
  protected String provider() {
    return provider;
  }

  @Override
  protected LeaseStore here() {
    return here.store;
  }

  @Override
  protected LeaseStore there() {
    return there.store;
  }

  @Override
  protected void beat(LeaseStore store) {
    (store == here.store ? here : there).beat();
  }

  @Override
  protected void pass(Duration time) {
    try (Jedis jedis = client()) {
      long end = millis(jedis) + time.toMillis();
      Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> millis(jedis) > end);
    }
  }

  /** Three pairs of nodes do the same at the same time: alike, one ahead, one after. */
  @Test
  void clocksThatAreFiveMinutesApartDecideAlike() {
    List<Pair> pairs = Stream.of(0, 5, -5).map(minutes -> new Pair(redis(), minutes)).toList();
    try {
      pairs.forEach(Pair::fill);
      pass(Pair.TERM.multipliedBy(3).dividedBy(5));
      pairs.forEach(Pair::renewHalf);
      pass(Pair.TERM.multipliedBy(3).dividedBy(5));
      pairs.forEach(Pair::expire);
    } finally {
      pairs.forEach(Pair::close);
    }

    assertThat(pairs)
        .extracting(pair -> pair.decisions)
        .containsOnly(
            List.of(
                "one: Admitted",
                "two: Admitted",
                "three: Full",
                "three: Full",
                "one: Admitted",
                "sessions: 2",
                "three: Full",
                "sessions: 2",
                "two: Admitted",
                "three: Full",
                "sessions: 1",
                "three: Admitted",
                "four: Full",
                "sessions: 2"));
  }

  /** Two nodes that share a provider for two sessions, and what was decided there. */
  private static final class Pair {
    private static final Duration TERM = Duration.ofSeconds(2);

    private final String provider = "up-" + UUID.randomUUID();
    private final List<String> decisions = new ArrayList<>();
    private final Node first;
    private final Node second;
    private final Map<String, Lease> leases = new HashMap<>();

    Pair(RedisRules redis, int minutes) {
      long apart = TimeUnit.MINUTES.toNanos(minutes);
      first = new Node(redis, TERM, true, System::nanoTime);
      second = new Node(redis, TERM, true, () -> System.nanoTime() + apart);
    }

    private void ask(Node node, String session) {
      Lease lease = Lease.of(provider, session);
      Admission admission = LeaseStoreContract.ask(node.store, lease, 2);
      decisions.add(session + ": " + admission.getClass().getSimpleName());
      leases.put((node == first ? "first " : "second ") + session, lease);
    }

    private void count() {
      decisions.add("sessions: " + get(second.store.sessions(provider)));
    }

    void fill() {
      ask(first, "one");
      ask(second, "two");
      ask(first, "three");
      ask(second, "three");
      ask(second, "one");
      count();
    }

    /** The second one's leases live on, the first one's do not. */
    void renewHalf() {
      second.beat();
      ask(first, "three");
      count();
    }

    void expire() {
      first.store.release(leases.get("first one"));
      first.beat();
      ask(first, "two");
      ask(first, "three");
      second.store.release(leases.get("second one"));
      second.beat();
      count();
      ask(first, "three");
      ask(second, "four");
      count();
    }

    void close() {
      first.close();
      second.close();
    }
  }

  /** The server's time. */
  static long millis(Jedis jedis) {
    var time = jedis.time();
    return Long.parseLong(time.get(0)) * 1_000 + Long.parseLong(time.get(1)) / 1_000;
  }
}
