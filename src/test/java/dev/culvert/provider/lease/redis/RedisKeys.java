package dev.culvert.provider.lease.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.provider.lease.Lease;
import dev.culvert.testkit.RedisServer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import redis.clients.jedis.Jedis;

/** The keys of leases in one Redis or in all masters of a cluster, read past the store. */
public final class RedisKeys {

  private static final String LEASES = "}:leases";
  private static final String SESSIONS = "}:sessions";

  private final List<RedisServer> servers;
  private final String prefix;

  /** Those with a prefix. */
  public RedisKeys(List<RedisServer> servers, String prefix) {
    this.servers = servers;
    this.prefix = prefix;
  }

  /** All leases; the counts of sessions have been compared with them. */
  public Set<Lease> leases() {
    return servers.stream().map(this::leases).collect(HashSet::new, Set::addAll, Set::addAll);
  }

  private Set<Lease> leases(RedisServer server) {
    Set<Lease> leases = new HashSet<>();
    try (Jedis jedis = server.client()) {
      Map<String, Integer> ofSessions = new HashMap<>();
      for (String provider : providers(jedis, LEASES)) {
        for (String member : jedis.zrange(prefix + ":{" + provider + LEASES, 0, -1)) {
          String[] ids = member.split(" ", 2);
          leases.add(new Lease(provider, ids[0], ids[1]));
          ofSessions.merge(provider + " " + ids[0], 1, Integer::sum);
        }
      }
      assertThat(sessions(jedis)).as("sessions, by their leases").isEqualTo(ofSessions);
    }
    return leases;
  }

  private Map<String, Integer> sessions(Jedis jedis) {
    Map<String, Integer> counts = new HashMap<>();
    for (String provider : providers(jedis, SESSIONS)) {
      jedis
          .hgetAll(prefix + ":{" + provider + SESSIONS)
          .forEach(
              (session, count) -> counts.put(provider + " " + session, Integer.valueOf(count)));
    }
    return counts;
  }

  private List<String> providers(Jedis jedis, String ending) {
    return jedis.keys(prefix + ":{*" + ending).stream()
        .map(key -> key.substring(prefix.length() + 2, key.length() - ending.length()))
        .toList();
  }
}
