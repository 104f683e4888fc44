package dev.culvert.route;

import dev.culvert.boundary.HostBoundary;
import dev.culvert.config.RedisRules;
import dev.culvert.config.SessionRules;
import dev.culvert.provider.lease.LeaseStore;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** The leases of one deployment on a real host, without the rest of its gateway. */
public final class DeployedLeases {

  private final HostBoundary host;
  private final long deployment;
  private final Workers workers = new Workers();
  private final Leases leases;

  /** The host holds it weakly. */
  private final Consumer<String> listener = this::onHostEvent;

  /**
   * Begins.
   *
   * @param redis empty = in memory
   */
  public DeployedLeases(
      HostBoundary host, long deployment, String application, Optional<RedisRules> redis) {
    this.host = host;
    this.deployment = deployment;
    this.leases =
        new Leases(
            new DeploymentLeases(host, new HostNotes(host, deployment), deployment, application),
            workers,
            new SessionRules(redis, Duration.ofMinutes(5), true));
    leases.start();
    host.listen(deployment, listener);
  }

  private void onHostEvent(String event) {
    if (event.equals("leases")) {
      leases.settle();
    }
  }

  public LeaseStore store() {
    return leases;
  }

  /** In the order of a gateway's end. */
  public void undeploy() {
    workers.endRepetitions();
    leases.end();
    host.undeploy(deployment);
    leases.close();
    workers.close();
  }
}
