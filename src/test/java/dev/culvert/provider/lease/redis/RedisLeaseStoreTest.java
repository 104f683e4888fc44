package dev.culvert.provider.lease.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.RedisRules;
import dev.culvert.provider.lease.Lease;
import dev.culvert.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisMonitor;
import redis.clients.jedis.exceptions.JedisException;

/** On a single server. */
class RedisLeaseStoreTest extends RedisContract {

  private static final RedisServer SERVER = RedisServer.start();

  /** What the scripts themselves do. */
  private static final Set<String> WITHIN_SCRIPTS =
      Set.of(
          "time",
          "zadd",
          "zrem",
          "zscore",
          "zrange",
          "zrangebyscore",
          "zremrangebyscore",
          "hincrby",
          "hdel",
          "hlen",
          "hexists",
          "pexpireat",
          "exists",
          "del");

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @Override
  RedisRules redis() {
    return Node.redis("culvert", SERVER.port());
  }

  @Override
  Jedis client() {
    return SERVER.client();
  }

  @Test
  void everyOperationIsOneRoundTrip() {
    useEachScript();
    acquire(here(), "held", 0);
    beat(here()); // the provider is not idle, and known for a whole term
    try (Jedis jedis = client()) {
      jedis.configResetStat();
      for (int i = 0; i < 10; i++) {
        acquire(here(), "session-" + i, 0);
      }
      assertThat(get(here().sessions(provider()))).isEqualTo(11);
      assertThat(get(here().terminate(provider(), "nobody"))).isZero();
      Map<String, Long> commands = commands(jedis);

      assertThat(commands).containsEntry("evalsha", 10 + 1 + 1L);
      assertThat(commands.keySet()).isSubsetOf("evalsha", "config", "info");
    }
  }

  /** The server has seen all scripts then, and each connection has been made. */
  private void useEachScript() {
    for (int i = 0; i < 20; i++) {
      here().release(acquire(here(), "first-" + i, 0));
    }
    beat(here());
    get(here().terminate(provider(), "first"));
    assertSessions(0);
  }

  private static Map<String, Long> commands(Jedis jedis) {
    Map<String, Long> calls = new HashMap<>();
    Pattern.compile("cmdstat_([a-z|-]+):calls=(\\d+)")
        .matcher(jedis.info("commandstats"))
        .results()
        .filter(line -> !WITHIN_SCRIPTS.contains(line.group(1)))
        .forEach(line -> calls.put(line.group(1), Long.parseLong(line.group(2))));
    return calls;
  }

  @Test
  void releasesAndRenewalsGoTogether() {
    List<Lease> leases = new ArrayList<>();
    useEachScript();
    for (int i = 0; i < 100; i++) {
      leases.add(acquire(here(), "session-" + i, 0));
    }
    beat(here());
    try (Jedis jedis = client()) {
      jedis.configResetStat();
      beat(here());
      assertThat(commands(jedis)).containsEntry("evalsha", 1L);

      jedis.configResetStat();
      leases.forEach(here()::release);
      assertSessions(0);
      assertThat(calls(jedis, "zrem")).isEqualTo(100);
      assertThat(commands(jedis).get("evalsha")).isLessThan(100);
    }
  }

  private static long calls(Jedis jedis, String command) {
    return Pattern.compile("cmdstat_" + command + ":calls=(\\d+)")
        .matcher(jedis.info("commandstats"))
        .results()
        .mapToLong(line -> Long.parseLong(line.group(1)))
        .sum();
  }

  @Test
  void noCommandIsSentForWhatIsNoId() {
    useEachScript();
    try (Jedis jedis = client()) {
      jedis.configResetStat();
      Lease bad = new Lease(provider(), "a b", "token");
      ask(here(), bad, 1);
      here().release(bad);
      get(here().terminate(provider(), "a b"));
      get(here().sessions("{up}"));
      beat(here());

      assertThat(commands(jedis).keySet()).isSubsetOf("config", "info");
    }
  }

  @Test
  void keysEndWithTheLastLease() {
    acquire(here(), "one", 0);
    acquire(there(), "two", 0);
    beat(here());
    beat(there());
    try (Jedis jedis = client()) {
      Set<String> keys = jedis.keys("culvert:{" + provider() + "}:*");
      assertThat(keys)
          .isEqualTo(
              Set.of(
                  "culvert:{" + provider() + "}:leases",
                  "culvert:{" + provider() + "}:sessions",
                  "culvert:{" + provider() + "}:nodes"));
      assertThat(keys).allSatisfy(key -> assertThat(jedis.pttl(key)).isBetween(1L, TTL.toMillis()));

      pass(TTL);
      assertThat(keys).noneMatch(jedis::exists);
    }
  }

  @Test
  void sessionsWithoutALeaseDoNotStay() {
    acquire(here(), "ghost", 1);
    beat(here());
    try (Jedis jedis = client()) {
      jedis.del("culvert:{" + provider() + "}:leases");
      assertThat(jedis.hlen("culvert:{" + provider() + "}:sessions")).isEqualTo(1);
    }

    assertThat(get(there().sessions(provider()))).isZero(); // at once, not by its time
    acquire(there(), "other", 1);
    assertSessions(1);
  }

  @Test
  void theServersClockSaysWhenALeaseEnds() {
    acquire(here(), "one", 0);
    acquire(there(), "two", 0);
    beat(here());
    beat(there());
    try (Jedis jedis = client()) {
      long now = millis(jedis);
      Set<Long> left =
          jedis.zrangeWithScores("culvert:{" + provider() + "}:leases", 0, -1).stream()
              .map(lease -> (long) lease.getScore() - now)
              .collect(Collectors.toSet());
      assertThat(left).allSatisfy(millis -> assertThat(millis).isBetween(1L, TTL.toMillis()));
    }
  }

  /** Nothing of a node's clock goes to Redis, so that it cannot decide anything there. */
  @Test
  void noNodeSendsATimeAndEachScriptAsksForTheServers() throws Exception {
    useEachScript();
    List<String> said = new CopyOnWriteArrayList<>();
    try (Jedis monitor = client()) {
      Thread reader = new Thread(() -> listen(monitor, said));
      reader.start();
      try (Jedis jedis = client()) {
        Awaitility.await()
            .until(
                () -> {
                  jedis.echo("begin");
                  return said.stream().anyMatch(line -> line.contains("begin"));
                });
        useEachScript();
        jedis.echo("end");
      }
      Awaitility.await().until(() -> said.stream().anyMatch(line -> line.contains("\"end\"")));
      monitor.disconnect();
      reader.join(TimeUnit.SECONDS.toMillis(10));
    }
    List<String> scripts = said.stream().filter(line -> line.contains("\"EVALSHA\"")).toList();

    assertThat(scripts).hasSizeGreaterThan(20);
    assertThat(scripts).allSatisfy(RedisLeaseStoreTest::assertNoTime);
    assertThat(said.stream().filter(line -> line.matches(".* lua] \"TIME\"")))
        .hasSameSizeAs(scripts);
  }

  private static void listen(Jedis monitor, List<String> said) {
    try {
      monitor.monitor(
          new JedisMonitor() {
            @Override
            public void onCommand(String command) {
              said.add(command);
            }
          });
    } catch (JedisException disconnected) {
      said.add("over");
    }
  }

  /** In whatever unit, and from whatever beginning: the largest number is the time to live. */
  private static void assertNoTime(String command) {
    List<String> arguments =
        Pattern.compile("\"([^\"]*)\"").matcher(command).results().map(it -> it.group(1)).toList();
    assertThat(arguments.subList(2, arguments.size()))
        .filteredOn(argument -> argument.matches("-?[0-9.]+"))
        .allSatisfy(
            number -> assertThat(Double.parseDouble(number)).isBetween(0.0, 1.0 * TTL.toMillis()));
  }

  /** Else it would be registered anew, with what was terminated elsewhere meanwhile. */
  @Test
  void aNodeThatWasIdleForLongIsKnownForAWholeTermFromItsNextLeaseOn() {
    Duration term = Duration.ofMinutes(5);
    String nodes = "idle:{up}:nodes";
    try (Node idle = new Node(Node.redis("idle", SERVER.port()), term, true, () -> 0);
        Jedis jedis = client()) {
      Lease first = Lease.of("up", "first");
      ask(idle.store, first, 0);
      idle.store.release(first);
      idle.beat();
      String name = jedis.zrange(nodes, 0, -1).get(0);
      double soon = millis(jedis) + Duration.ofMinutes(1).toMillis();
      jedis.zadd(nodes, soon, name);

      ask(idle.store, Lease.of("up", "next"), 0);

      Awaitility.await().until(() -> jedis.zscore(nodes, name) > soon);
    }
  }

  @Test
  void anUnknownScriptIsSentOnce() {
    acquire(here(), "one", 0);
    beat(here());
    try (Jedis jedis = client()) {
      jedis.scriptFlush();
      jedis.configResetStat();
      acquire(here(), "two", 0);
      acquire(here(), "three", 0);

      assertThat(commands(jedis)).containsEntry("eval", 1L);
      assertThat(here().up()).isTrue();
    }
  }

  @Test
  void anotherPrefixHasLeasesOfItsOwn() {
    acquire(here(), "one", 1);
    try (Node other = new Node(Node.redis("other", SERVER.port()), TTL, true, () -> 0)) {
      acquire(other.store, "two", 1);
      assertThat(get(other.store.sessions(provider()))).isEqualTo(1);
    }
    assertSessions(1);
  }

  @Test
  void scriptsNameNoKeyThatTheyAreNotGiven() {
    for (Script script : Script.values()) {
      List<String> keys =
          Pattern.compile("redis\\.call\\('[A-Z]+'(?:, (\\w+))?")
              .matcher(script.text())
              .results()
              .map((MatchResult call) -> call.group(1))
              .toList();
      assertThat(keys).isNotEmpty().allMatch(key -> key == null || KEYS.contains(key));
    }
  }

  private static final Set<String> KEYS = Set.of("leases", "sessions", "nodes");
}
