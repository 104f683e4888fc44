package dev.culvert.host;

import dev.culvert.boundary.ProviderBoundary;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The upstreams to which sessions are bound, and the notes of deployments. At most {@value #MOST}
 * bindings and {@value #MOST_NOTES} notes are remembered, those that were used last. Safe for use
 * by any thread.
 */
final class SessionBindings {

  static final int MOST = 100_000;

  /** Each kind by itself: many sessions shall not have a note forgotten. */
  static final int MOST_NOTES = 1_000;

  private record Key(String application, String session) {}

  /** In the order of their use; guarded by this. */
  private final Map<Key, String> upstreams = new Recent(MOST);

  /** As the upstreams. */
  private final Map<Key, String> notes = new Recent(MOST_NOTES);

  /** So many entries, those that were used last. */
  private static final class Recent extends LinkedHashMap<Key, String> {
    private static final long serialVersionUID = 1L;

    private final int most;

    Recent(int most) {
      super(16, 0.75f, true);
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Key, String> eldest) {
      return size() > most;
    }
  }

  private Map<Key, String> kindOf(String session) {
    return session.startsWith(ProviderBoundary.NOTE) ? notes : upstreams;
  }

  synchronized Optional<String> find(String application, String session) {
    return Optional.ofNullable(kindOf(session).get(new Key(application, session)));
  }

  synchronized void bind(String application, String session, String upstream) {
    kindOf(session).put(new Key(application, session), upstream);
  }

  synchronized void unbind(String application, String session) {
    kindOf(session).remove(new Key(application, session));
  }

  /** Forgets the sessions of an application that are bound to others than these. */
  synchronized void retain(String application, Set<String> bound) {
    upstreams
        .entrySet()
        .removeIf(
            entry ->
                entry.getKey().application().equals(application)
                    && !bound.contains(entry.getValue()));
  }
}
