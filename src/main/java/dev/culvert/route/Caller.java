package dev.culvert.route;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.lang.System.Logger.Level;
import java.security.Principal;
import java.time.Instant;
import java.util.Optional;

/**
 * Who opens a stream.
 *
 * @param user name, empty when anonymous
 * @param session key of the HTTP session, empty without one; says nothing about the session's id
 * @param expiresAt epoch milliseconds at which the credential ends, 0 when unknown
 */
record Caller(String user, String session, long expiresAt) {

  static Caller of(HttpServletRequest request) {
    Principal principal = request.getUserPrincipal();
    HttpSession session = request.getSession(false);
    return new Caller(
        principal == null || principal.getName() == null ? "" : principal.getName(),
        principal == null || session == null ? "" : SessionKey.of(session),
        principal == null ? 0 : expiry(principal));
  }

  /**
   * The caller as the handshake ends. Meanwhile the session may have become another one, and may
   * have ended: then nobody would end the stream.
   *
   * @return empty when the session has ended
   */
  Optional<Caller> after(HttpServletRequest request) {
    if (session.isEmpty()) {
      return Optional.of(this);
    }
    try {
      return Optional.ofNullable(request.getSession(false))
          .filter(Caller::isAlive)
          .map(now -> new Caller(user, SessionKey.of(now), expiresAt));
    } catch (IllegalStateException e) { // it ends at this moment
      return Optional.empty();
    }
  }

  /** WildFly goes on giving a request its session when another request has ended it. */
  private static boolean isAlive(HttpSession session) {
    try {
      return session.getLastAccessedTime() >= 0;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /**
   * The expiry of a MicroProfile JWT principal. Its type is not on every server, so that the method
   * is found by name.
   */
  private static long expiry(Principal principal) {
    try {
      Object seconds = principal.getClass().getMethod("getExpirationTime").invoke(principal);
      return seconds instanceof Long value && value > 0
          ? Instant.ofEpochSecond(value).toEpochMilli()
          : 0;
    } catch (NoSuchMethodException e) {
      return 0;
    } catch (ReflectiveOperationException e) {
      System.getLogger("dev.culvert").log(Level.DEBUG, "expiry of the token is not readable", e);
      return 0;
    }
  }
}
