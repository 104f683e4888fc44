package dev.culvert.route;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.HostBoundary;
import dev.culvert.boundary.PoolSpec;
import dev.culvert.config.PoolRules;
import dev.culvert.config.Settings;
import dev.culvert.config.Upstream;
import dev.culvert.turn.Accounts;
import java.util.Set;
import java.util.stream.Collectors;

/** What of a configuration the host has to know. */
final class HostSettings {

  private HostSettings() {}

  /** Tells the host of a deployment's configuration. */
  static void tell(HostBoundary host, long deployment, Settings settings) {
    host.buckets(
        settings.durationBuckets().stream().map(bound -> bound.toMillis() / 1000.0).toList());
    host.retain(deployment, addressesInUse(settings));
    host.pool(deployment, Fields.of(poolSpec(settings)));
  }

  private static PoolSpec poolSpec(Settings settings) {
    PoolRules rules = settings.pool();
    return new PoolSpec(
        rules.enabled(),
        rules.maxAge().toMillis(),
        rules.maxPerAccount(),
        rules.pingInterval().toMillis(),
        rules.openTimeout().toMillis(),
        rules.responseStartTimeout().toMillis(),
        rules.keep(),
        Accounts.fingerprints(settings));
  }

  /** Addresses of upstreams that some route uses. */
  private static Set<String> addressesInUse(Settings settings) {
    return settings.routes().values().stream()
        .flatMap(route -> route.upstreams().stream())
        .flatMap(name -> settings.upstreams().get(name).addresses().stream())
        .map(Upstream.Address::authority)
        .collect(Collectors.toSet());
  }
}
