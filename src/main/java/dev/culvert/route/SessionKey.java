package dev.culvert.route;

import jakarta.servlet.http.HttpSession;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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
              String key = digest(session.getId());
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

  private static String digest(String sessionId) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(sessionId.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
