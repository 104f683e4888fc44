package dev.culvert.boundary;

import java.util.List;
import java.util.Map;

/**
 * The host's book of leases: who in this JVM has a place at which provider. It belongs to the
 * application and outlives its deployments; a lease belongs to the deployment that took it, or to
 * the stream whose {@link StreamSpec#lease()} names it, and ends with that one.
 *
 * <p>The book is the store of leases where there is no other. Where a store outside counts them, it
 * says what that one must be told of.
 *
 * <p>The same rules hold as for {@link HostBoundary}. A lease that has ended is no fault.
 */
public interface LeaseBoundary {

  /**
   * States how the application's leases are kept from now on.
   *
   * @param settings {@link LeaseSpec}
   */
  void leases(long deployment, Map<String, Object> settings);

  /**
   * Takes a lease for the deployment. A session that has one already is admitted at the limit, too.
   *
   * @param limit sessions that the provider may have; 0 or less = any number
   * @return false when the provider is full, or the deployment has ended meanwhile
   */
  boolean acquireLease(long deployment, String provider, String session, String token, int limit);

  /** Ends a lease, whoever has it. */
  void releaseLease(long deployment, String provider, String session, String token);

  /**
   * Ends all leases of a session at a provider, those of streams included.
   *
   * @return how many
   */
  int terminateSession(long deployment, String provider, String session);

  /** How many sessions have leases at a provider. */
  int sessions(long deployment, String provider);

  /**
   * Renews all leases of the deployment.
   *
   * @return all leases of the application, each a {@link LeaseId}
   */
  List<Map<String, Object>> renewLeases(long deployment);

  /**
   * Leases that have ended and of which the store outside is to be told. They stay until {@link
   * #releasesTold}, or for their time to live. The listener of each deployment is told {@code
   * "leases"} when the end of a stream has added one.
   *
   * @param application as given to {@link HostBoundary#deploy}; it need not be deployed any more
   * @param most at least 1
   * @return the oldest, each a {@link LeaseId}
   */
  List<Map<String, Object>> owedReleases(String application, int most);

  /**
   * Says that the store outside has been told.
   *
   * @param tokens of leases that {@link #owedReleases} named
   */
  void releasesTold(String application, List<String> tokens);
}
