package dev.culvert.host.lease;

import java.util.HashMap;
import java.util.Map;

/** Counts the leases of each session at one provider. Not thread-safe: its book guards it. */
final class ProviderSessions {

  private final Map<String, Integer> leases = new HashMap<>();
  private int total;

  /** Whether the session may take a lease; a limit of 0 or less is none. */
  boolean admits(String session, int limit) {
    return limit <= 0 || leases.size() < limit || leases.containsKey(session);
  }

  void enter(String session) {
    leases.merge(session, 1, Integer::sum);
    total++;
  }

  void leave(String session) {
    leases.compute(session, (name, count) -> count == null || count == 1 ? null : count - 1);
    total--;
  }

  /** How many sessions there are. */
  int size() {
    return leases.size();
  }

  /** How many leases they have. */
  int total() {
    return total;
  }
}
