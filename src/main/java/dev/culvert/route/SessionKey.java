package dev.culvert.route;

import dev.culvert.turn.Digest;
import jakarta.servlet.http.HttpSession;
import java.util.List;
import java.util.Optional;

/**
 * By what the streams of a session are known. It stays with the session, whose id may change when
 * its user logs in again, and is a digest: the id itself is a credential and must not be kept.
 */
final class SessionKey {

  private static final String ATTRIBUTE = "dev.culvert.session";

  private SessionKey() {}

  /**
   * The session's key, made now when it has none. Two requests that make it at once make the same.
   *
   * @throws IllegalStateException when the session has ended
   */
  static String of(HttpSession session) {
    return find(session)
        .orElseGet(
            () -> {
              String key = Digest.of(List.of(session.getId()));
              session.setAttribute(ATTRIBUTE, key);
              return key;
            });
  }

  /**
   * The key of a session that may end at this moment; empty when no stream was opened with it.
   *
   * @throws IllegalStateException when the session has ended
   */
  static Optional<String> find(HttpSession session) {
    return Optional.ofNullable((String) session.getAttribute(ATTRIBUTE));
  }
}
