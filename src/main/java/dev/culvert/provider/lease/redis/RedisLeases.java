package dev.culvert.provider.lease.redis;

import dev.culvert.provider.lease.Lease;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The leases in Redis, over one connection. Each method is one script for each provider, and one
 * more for each {@value #BATCH} leases; all wait for the network and throw what Jedis throws.
 */
final class RedisLeases implements AutoCloseable {

  /** A script keeps everybody else waiting. */
  static final int BATCH = 500;

  /** A provider that has no sessions. Empty braces would count for nothing. */
  private static final String NOBODY = "-";

  private final RedisConnection connection;
  private final String prefix;
  private final String ttl;

  RedisLeases(RedisConnection connection, String prefix, long ttlMillis) {
    this.connection = connection;
    this.prefix = prefix;
    this.ttl = Long.toString(ttlMillis);
  }

  /** Finds out whether the server runs scripts for us. */
  void check() {
    run(Script.COUNT, NOBODY, List.of());
  }

  /** Whether there was a place for the lease. */
  boolean acquire(Lease lease, int limit) {
    List<String> arguments =
        List.of(ttl, Integer.toString(Math.max(0, limit)), lease.session(), lease.token());
    return number(connection.run(Script.ACQUIRE, keys(lease.provider()), arguments)) == 1;
  }

  /** Enters leases that were admitted, whatever the limit; those that are there are renewed. */
  void register(Collection<Lease> leases) {
    inBatches(leases, (provider, batch) -> run(Script.REGISTER, provider, withTtl(batch)));
  }

  /** Renews leases; returns those that have ended. */
  Set<Lease> renew(Collection<Lease> leases) {
    Set<Lease> ended = new HashSet<>();
    inBatches(
        leases,
        (provider, batch) -> {
          Map<String, Lease> byMember =
              batch.stream().collect(Collectors.toMap(RedisLeases::member, Function.identity()));
          List<?> gone = (List<?>) run(Script.RENEW, provider, withTtl(batch));
          gone.forEach(member -> ended.add(byMember.get((String) member)));
        });
    return ended;
  }

  /** Ends leases. */
  void release(Collection<Lease> leases) {
    inBatches(leases, (provider, batch) -> run(Script.RELEASE, provider, members(batch)));
  }

  /** Ends a session; returns how many leases it had. */
  int terminate(String provider, String session) {
    return number(run(Script.TERMINATE, provider, List.of(session)));
  }

  /** How many sessions there are. */
  int sessions(String provider) {
    return number(run(Script.COUNT, provider, List.of()));
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
    return List.of(common + "leases", common + "sessions");
  }

  private static String member(Lease lease) {
    return lease.session() + " " + lease.token();
  }

  private static List<String> members(List<Lease> leases) {
    return leases.stream().map(RedisLeases::member).toList();
  }

  private List<String> withTtl(List<Lease> leases) {
    List<String> arguments = new ArrayList<>();
    arguments.add(ttl);
    arguments.addAll(members(leases));
    return arguments;
  }

  /** What is done for some leases of one provider. */
  private interface Batch {
    void run(String provider, List<Lease> leases);
  }

  private static void inBatches(Collection<Lease> leases, Batch batch) {
    leases.stream()
        .collect(Collectors.groupingBy(Lease::provider))
        .forEach(
            (provider, all) -> {
              for (int from = 0; from < all.size(); from += BATCH) {
                batch.run(provider, all.subList(from, Math.min(all.size(), from + BATCH)));
              }
            });
  }

  @Override
  public void close() {
    connection.close();
  }
}
