package dev.culvert.boundary;

/**
 * What a deployment may ask the host about the upstreams of its application; what the host knows
 * outlives deployments. The same rules hold as for {@link HostBoundary}.
 */
public interface ProviderBoundary {

  /**
   * The upstream that a session is bound to; that counts as a use.
   *
   * @return null when it is bound to none
   */
  String boundUpstream(long deployment, String session);

  /**
   * Binds a session to an upstream, in the place of an earlier binding. A bounded number of
   * sessions is remembered, those that were used last.
   */
  void bindSession(long deployment, String session, String upstream);

  /** Forgets what a session is bound to. */
  void unbindSession(long deployment, String session);

  /**
   * How many streams go to an upstream, those on their way and those of earlier deployments
   * included.
   */
  int liveStreams(long deployment, String upstream);
}
