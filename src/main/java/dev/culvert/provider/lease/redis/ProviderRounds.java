package dev.culvert.provider.lease.redis;

import dev.culvert.provider.lease.Lease;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Goes round the providers that have leases here, and has Redis count those. The keeper's thread,
 * but for {@link #use}.
 */
final class ProviderRounds {

  private final RedisLink link;
  private final Registrar registrar;

  /**
   * Providers that have leases, or have had some lately; any thread adds, the thread's heartbeat
   * removes.
   */
  private final Set<String> inUse = ConcurrentHashMap.newKeySet();

  ProviderRounds(RedisLink link, Registrar registrar) {
    this.link = link;
    this.registrar = registrar;
  }

  /**
   * A provider has a lease. Any thread.
   *
   * @return whether it had none lately: then Redis may be about to forget this node
   */
  boolean use(String provider) {
    return inUse.add(provider);
  }

  /** Has Redis count what is held. */
  void register() {
    round(registrar::tell);
  }

  /** The same, and gives up what has ended there; providers without leases are asked no more. */
  void heartbeat() {
    Set<String> before = Set.copyOf(inUse);
    inUse.removeAll(before); // who comes after this stays
    round(before, registrar::heartbeat);
  }

  /** Gives up all that has ended there; nobody is admitted any more. */
  void last() {
    round(registrar::last);
  }

  /** What is said of the leases of one provider. */
  private interface Words {
    void about(RedisLeases open, String provider, List<Lease> leases);
  }

  private void round(Words words) {
    round(Set.copyOf(inUse), words);
  }

  /**
   * The book's leases are renewed while Redis is down, too. A provider whose leases have all ended
   * meanwhile is told that there are none, and so knows this node when the next one comes.
   */
  private void round(Set<String> before, Words words) {
    Map<String, List<Lease>> now = registrar.held();
    inUse.addAll(now.keySet());
    Map<String, List<Lease>> all = new HashMap<>(now);
    before.forEach(provider -> all.putIfAbsent(provider, List.of()));
    all.forEach(
        (provider, leases) -> {
          if (link.tell(provider, open -> words.about(open, provider, leases))) {
            link.served();
          }
        });
  }

  /**
   * Asks Redis whether it is there and has lost nothing, though there is nothing to ask.
   *
   * @return whether there is a provider for which it does not know this node, or not yet
   */
  boolean isForgotten() {
    List<String> providers = inUse.isEmpty() ? List.of(RedisLeases.NOBODY) : List.copyOf(inUse);
    List<String> forgotten = providers.stream().filter(this::isForgottenAt).toList(); // all of them
    return forgotten.stream().anyMatch(inUse::contains);
  }

  private boolean isForgottenAt(String provider) {
    return link.ask(provider, open -> open.knowsUs(provider)).equals(Optional.of(false));
  }
}
