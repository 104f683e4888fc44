package dev.culvert.route;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.LeaseBoundary;
import dev.culvert.boundary.LeaseId;
import dev.culvert.boundary.LeaseSpec;
import dev.culvert.provider.Notes;
import dev.culvert.provider.lease.HeldLeases;
import dev.culvert.provider.lease.Lease;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The leases in the host's book; none any more once the deployment has ended, since its have, too.
 */
final class DeploymentLeases implements HeldLeases {

  private static final String NOTE = "leases";

  private final LeaseBoundary host;
  private final Notes notes;
  private final long deployment;
  private final String application;

  /**
   * Those of a deployment.
   *
   * @param application as the host knows it
   */
  DeploymentLeases(LeaseBoundary host, Notes notes, long deployment, String application) {
    this.host = host;
    this.notes = notes;
    this.deployment = deployment;
    this.application = application;
  }

  @Override
  public void keep(boolean remote, Duration ttl) {
    host.leases(deployment, Fields.of(new LeaseSpec(remote, ttl.toMillis())));
  }

  @Override
  public boolean acquire(Lease lease, int limit) {
    return WhileDeployed.ask(
            () ->
                host.acquireLease(
                    deployment, lease.provider(), lease.session(), lease.token(), limit))
        .orElse(false);
  }

  @Override
  public void release(Lease lease) {
    WhileDeployed.run(
        () -> host.releaseLease(deployment, lease.provider(), lease.session(), lease.token()));
  }

  @Override
  public int terminate(String provider, String session) {
    return WhileDeployed.ask(() -> host.terminateSession(deployment, provider, session)).orElse(0);
  }

  @Override
  public int sessions(String provider) {
    return WhileDeployed.ask(() -> host.sessions(deployment, provider)).orElse(0);
  }

  @Override
  public List<Lease> renew() {
    return WhileDeployed.ask(() -> leases(host.renewLeases(deployment))).orElse(List.of());
  }

  @Override
  public List<Lease> owed(int most) {
    return leases(host.owedReleases(application, most));
  }

  @Override
  public void told(Collection<Lease> leases) {
    if (!leases.isEmpty()) {
      host.releasesTold(application, leases.stream().map(Lease::token).toList());
    }
  }

  @Override
  public void leaveNote(String note) {
    notes.write(NOTE, note);
  }

  @Override
  public Optional<String> takeNote() {
    Optional<String> note = notes.read(NOTE);
    notes.erase(NOTE);
    return note;
  }

  private static List<Lease> leases(List<Map<String, Object>> fields) {
    return fields.stream()
        .map(each -> Fields.to(LeaseId.class, each))
        .map(id -> new Lease(id.provider(), id.session(), id.token()))
        .toList();
  }
}
