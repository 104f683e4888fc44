package dev.culvert.host;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The upstreams to which sessions are bound. At most {@value #MOST} are remembered, those that were
 * used last. Safe for use by any thread.
 */
final class SessionBindings {

  static final int MOST = 100_000;

  private record Key(String application, String session) {}

  /** In the order of their use; guarded by this. */
  private final Map<Key, String> upstreams =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, String> eldest) {
          return size() > MOST;
        }
      };

  synchronized Optional<String> find(String application, String session) {
    return Optional.ofNullable(upstreams.get(new Key(application, session)));
  }

  synchronized void bind(String application, String session, String upstream) {
    upstreams.put(new Key(application, session), upstream);
  }

  synchronized void unbind(String application, String session) {
    upstreams.remove(new Key(application, session));
  }
}
