package dev.culvert.host.pool;

import dev.culvert.host.pool.Decision.Refused.Reason;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which socket has which response. A socket owns its newest one only. Of those whose socket has
 * ended the most recent are remembered, to tell callers why. Guarded by the pool's lock.
 */
final class Owners {

  private static final int REMEMBERED = 1_000;

  private final Map<String, PooledSocket> owners = new HashMap<>();

  private final Map<String, Departed> departed =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Departed> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** A response whose socket has ended. */
  record Departed(PoolKey key, Reason reason) {}

  void own(PooledSocket socket, String responseId) {
    owners.remove(socket.newestResponse(), socket);
    socket.own(responseId);
    owners.put(responseId, socket);
    departed.remove(responseId);
  }

  void ended(PooledSocket socket, SocketEnd.Cause cause) {
    String response = socket.newestResponse();
    if (!response.isEmpty() && owners.remove(response, socket)) {
      Reason reason = cause == SocketEnd.Cause.MAX_AGE ? Reason.EXPIRED : Reason.DEAD;
      departed.put(response, new Departed(socket.key(), reason));
    }
  }

  Optional<PooledSocket> find(String responseId) {
    return Optional.ofNullable(owners.get(responseId));
  }

  Optional<Departed> findDeparted(String responseId) {
    return Optional.ofNullable(departed.get(responseId));
  }
}
