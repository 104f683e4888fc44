package dev.culvert.provider.lease;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.LeaseBoundary;
import dev.culvert.boundary.LeaseId;
import dev.culvert.boundary.LeaseSpec;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The leases in the host's book. */
public final class HostLeases implements HeldLeases {

  private final LeaseBoundary host;
  private final long deployment;
  private final String application;

  /**
   * Those of a deployment.
   *
   * @param application as the host knows it
   */
  public HostLeases(LeaseBoundary host, long deployment, String application) {
    this.host = host;
    this.deployment = deployment;
    this.application = application;
  }

  @Override
  public void keep(boolean remote, Duration ttl) {
    host.leases(deployment, Fields.of(new LeaseSpec(remote, ttl.toMillis())));
  }

  @Override
  public boolean acquire(Lease lease, int limit) {
    return whileDeployed(
        () ->
            host.acquireLease(deployment, lease.provider(), lease.session(), lease.token(), limit),
        true);
  }

  @Override
  public void release(Lease lease) {
    whileDeployed(
        () -> {
          host.releaseLease(deployment, lease.provider(), lease.session(), lease.token());
          return true;
        },
        false);
  }

  @Override
  public int terminate(String provider, String session) {
    return whileDeployed(() -> host.terminateSession(deployment, provider, session), 0);
  }

  @Override
  public int sessions(String provider) {
    return whileDeployed(() -> host.sessions(deployment, provider), 0);
  }

  @Override
  public List<Lease> renew() {
    return whileDeployed(() -> leases(host.renewLeases(deployment)), List.of());
  }

  @Override
  public List<Lease> owed(int most) {
    return leases(host.owedReleases(application, most));
  }

  @Override
  public void told(Collection<Lease> leases) {
    host.releasesTold(application, leases.stream().map(Lease::token).toList());
  }

  private static List<Lease> leases(List<Map<String, Object>> fields) {
    return fields.stream()
        .map(each -> Fields.to(LeaseId.class, each))
        .map(id -> new Lease(id.provider(), id.session(), id.token()))
        .toList();
  }

  /** The host does not know the deployment any more once it has ended, and its leases have too. */
  private static <T> T whileDeployed(Supplier<T> call, T otherwise) {
    try {
      return call.get();
    } catch (IllegalStateException ended) {
      return otherwise;
    }
  }
}
