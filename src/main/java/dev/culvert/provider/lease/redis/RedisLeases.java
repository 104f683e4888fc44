package dev.culvert.provider.lease.redis;

import dev.culvert.provider.lease.Lease;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import redis.clients.jedis.exceptions.JedisException;

/**
 * The leases in Redis, over one connection. Each method is one script, and one more for each
 * {@value #BATCH} leases, which are the provider's; all wait for the network and throw what Jedis
 * throws.
 */
final class RedisLeases implements AutoCloseable {

  /** A script keeps everybody else waiting. */
  static final int BATCH = 500;

  /** Providers that have no sessions. Empty braces would count for nothing. */
  static final String NOBODY = "-";

  /** So many hash slots are tried; all on one master are hardly ever. */
  private static final int SLOTS = 8;

  /** What becomes of somebody who wants a place. */
  enum Place {
    NONE,
    TAKEN,
    /** Redis does not know this node: it may miss leases that are held here. */
    TAKEN_OF_A_STRANGER;

    private static Place of(int answer) {
      return values()[answer];
    }
  }

  private final RedisConnection connection;
  private final String prefix;
  private final String ttl;
  private final String node;

  /**
   * @param node tells this one from all others with the same prefix
   */
  RedisLeases(RedisConnection connection, String prefix, long ttlMillis, String node) {
    this.connection = connection;
    this.prefix = prefix;
    this.ttl = Long.toString(ttlMillis);
    this.node = node;
  }

  /** Whether one provider may fail while another is fine. */
  boolean isCluster() {
    return connection.isCluster();
  }

  /** Finds out whether the server, or one of the cluster at least, runs scripts and takes keys. */
  void check() {
    int slots = isCluster() ? SLOTS : 1;
    boolean found = false;
    for (int i = 1; i < slots && !found; i++) {
      found = answers(NOBODY + i);
    }
    if (!found) {
      register(NOBODY, List.of());
    }
  }

  private boolean answers(String nobody) {
    try {
      register(nobody, List.of());
      return true;
    } catch (JedisException e) {
      return false;
    }
  }

  Place acquire(Lease lease, int limit) {
    String most = Integer.toString(Math.max(0, limit));
    List<String> arguments = List.of(ttl, most, lease.session(), lease.token(), node);
    return Place.of(number(run(Script.ACQUIRE, lease.provider(), arguments)));
  }

  /**
   * Enters leases that were admitted, whatever the limit, and lets the node be known when all are
   * there; those that are there already are renewed.
   */
  void register(String provider, Collection<Lease> leases) {
    List<List<Lease>> batches = batches(List.copyOf(leases));
    int last = batches.size() - 1;
    for (int i = 0; i <= last; i++) {
      run(Script.REGISTER, provider, arguments(i == last ? node : "", batches.get(i)));
    }
  }

  /**
   * Renews leases, and this node with the last of them; returns those that have ended. Empty when
   * Redis does not know this node.
   */
  Optional<Set<Lease>> renew(String provider, Collection<Lease> leases) {
    Set<Lease> ended = new HashSet<>();
    List<List<Lease>> batches = batches(List.copyOf(leases));
    for (int i = 0; i < batches.size(); i++) {
      List<Lease> batch = batches.get(i);
      List<String> arguments =
          new ArrayList<>(List.of(ttl, node, i == batches.size() - 1 ? "1" : "0"));
      arguments.addAll(members(batch));
      List<?> gone = (List<?>) run(Script.RENEW, provider, arguments);
      if (gone == null) {
        return Optional.empty();
      }
      Map<String, Lease> byMember =
          batch.stream().collect(Collectors.toMap(RedisLeases::member, Function.identity()));
      gone.forEach(member -> ended.add(byMember.get((String) member)));
    }
    return Optional.of(ended);
  }

  /** Whether Redis has all leases of this node, but for those that were ended there. */
  boolean knowsUs(String provider) {
    return number(run(Script.KNOWN, provider, List.of(node))) == 1;
  }

  /** Ends leases. */
  void release(String provider, Collection<Lease> leases) {
    for (List<Lease> batch : batches(List.copyOf(leases))) {
      run(Script.RELEASE, provider, members(batch));
    }
  }

  /** Ends a session; returns how many leases it had. */
  int terminate(String provider, String session) {
    return number(run(Script.TERMINATE, provider, List.of(session)));
  }

  /** How many sessions there are. */
  int sessions(String provider) {
    return number(run(Script.COUNT, provider, List.of()));
  }

  /** Closes the sockets that nobody has used lately. */
  void closeIdle() {
    connection.closeIdle();
  }

  private Object run(Script script, String provider, List<String> arguments) {
    return connection.run(script, keys(provider), arguments);
  }

  private static int number(Object answer) {
    return ((Long) answer).intValue();
  }

  /** The braces put them into one hash slot. */
  private List<String> keys(String provider) {
    String common = prefix + ":{" + provider + "}:";
    return List.of(common + "leases", common + "sessions", common + "nodes");
  }

  private static String member(Lease lease) {
    return lease.session() + " " + lease.token();
  }

  private static List<String> members(List<Lease> leases) {
    return leases.stream().map(RedisLeases::member).toList();
  }

  private List<String> arguments(String whose, List<Lease> leases) {
    List<String> arguments = new ArrayList<>(List.of(ttl, whose));
    arguments.addAll(members(leases));
    return arguments;
  }

  /** One at least, which may be empty. */
  private static List<List<Lease>> batches(List<Lease> leases) {
    List<List<Lease>> batches = new ArrayList<>();
    for (int from = 0; from == 0 || from < leases.size(); from += BATCH) {
      batches.add(leases.subList(from, Math.min(leases.size(), from + BATCH)));
    }
    return batches;
  }

  @Override
  public void close() {
    connection.close();
  }
}
