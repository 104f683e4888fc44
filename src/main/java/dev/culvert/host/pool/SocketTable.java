package dev.culvert.host.pool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Where the pool keeps its sockets: by key, and by account for the cap. Sockets of single turns are
 * known here too, so that somebody watches over them, but count nowhere. Guarded by the pool's
 * lock.
 */
final class SocketTable {

  private final Set<PooledSocket> all = new LinkedHashSet<>();
  private final Map<PoolKey, PooledSocket> mapped = new HashMap<>();
  private final Map<String, Set<PooledSocket>> counted = new HashMap<>();

  /** Takes a socket in before it is opened, so that dials under way count. */
  void add(PooledSocket socket) {
    all.add(socket);
    if (!socket.isOneShot()) {
      counted.computeIfAbsent(account(socket), a -> new LinkedHashSet<>()).add(socket);
    }
  }

  Optional<PooledSocket> find(PoolKey key) {
    return Optional.ofNullable(mapped.get(key));
  }

  /** What is kept for the same conversation, opened otherwise. */
  List<PooledSocket> supersededBy(PoolKey key) {
    return mapped.values().stream().filter(socket -> key.supersedes(socket.key())).toList();
  }

  void map(PooledSocket socket) {
    mapped.put(socket.key(), socket);
  }

  /** Lets it be found no more and frees its place under the cap; another one of its key stays. */
  void unmap(PooledSocket socket) {
    mapped.remove(socket.key(), socket);
    Set<PooledSocket> ofAccount = counted.get(account(socket));
    if (ofAccount != null && ofAccount.remove(socket) && ofAccount.isEmpty()) {
      counted.remove(account(socket));
    }
  }

  void remove(PooledSocket socket) {
    unmap(socket);
    all.remove(socket);
  }

  /** Sockets under the cap, open or being opened. */
  int count(Predicate<String> accounts) {
    return ofAccounts(accounts).size();
  }

  List<PooledSocket> ofAccounts(Predicate<String> accounts) {
    return counted.entrySet().stream()
        .filter(entry -> accounts.test(entry.getKey()))
        .flatMap(entry -> entry.getValue().stream())
        .toList();
  }

  Optional<PooledSocket> leastRecentlyUsedIdle(Predicate<String> accounts) {
    return ofAccounts(accounts).stream()
        .filter(socket -> socket.state() == PooledSocket.State.IDLE)
        .min(Comparator.comparingLong(PooledSocket::usedAt));
  }

  Set<String> accounts() {
    return Set.copyOf(counted.keySet());
  }

  List<PooledSocket> all() {
    return new ArrayList<>(all);
  }

  private static String account(PooledSocket socket) {
    return socket.key().account();
  }
}
