package dev.culvert.boundary;

import java.util.Set;

/**
 * What a deployment may ask the host about the upstreams of its application; what the host knows
 * outlives deployments. The same rules hold as for {@link HostBoundary}.
 */
public interface ProviderBoundary {

  /**
   * What the name of a note begins with. A note stands in the place of a session, and its text in
   * that of an upstream: it is what a deployment leaves for the next one. At most a thousand of
   * them are remembered, however many sessions are bound.
   */
  String NOTE = "\n";

  /**
   * The upstream that a session is bound to, or the text of a {@link #NOTE}; that counts as a use.
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

  /** Forgets all sessions of the application that are bound to other upstreams than these. */
  void retainBindings(long deployment, Set<String> upstreams);

  /**
   * How many streams go to an upstream, those on their way and those of earlier deployments
   * included.
   */
  int liveStreams(long deployment, String upstream);
}
