package dev.culvert.provider;

import java.util.Optional;
import java.util.Set;

/**
 * Which provider a session is bound to. Bounded: the bindings that were not used for longest are
 * forgotten. Any thread; never blocks, never throws.
 */
public interface Bindings {

  /** The provider that serves a session; that is a use. */
  Optional<String> bound(String session);

  /** Binds a session, in the place of an earlier binding. */
  void bind(String session, String provider);

  /** Forgets a session. */
  void unbind(String session);

  /** Forgets all sessions that are bound to others than these. */
  void retain(Set<String> providers);
}
