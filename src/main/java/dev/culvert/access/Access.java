package dev.culvert.access;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Whether a caller has a role, as the server's own security says. */
public final class Access {

  /** The role that every authenticated user has (Servlet 6.0, section 13.3). */
  public static final String ANY_USER = "**";

  private static final int UNAUTHORIZED = HttpServletResponse.SC_UNAUTHORIZED;
  private static final int FORBIDDEN = HttpServletResponse.SC_FORBIDDEN;

  /** What the check came to. */
  public sealed interface Result {
    /** The caller has one of the roles. */
    record Granted() implements Result {}

    /** The server has written its own challenge. */
    record Challenged() implements Result {}

    /**
     * The caller has none of the roles; nothing has been written.
     *
     * @param status 401 or 403
     * @param detail what was found and what was expected; fit for the caller
     */
    record Denied(int status, String detail) implements Result {}
  }

  private Access() {}

  /**
   * Checks the caller, who is asked to authenticate when he has not.
   *
   * @param roles one of them is needed
   * @throws IOException when the server's challenge cannot be written
   */
  public static Result check(
      Set<String> roles, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (request.getUserPrincipal() == null) {
      Optional<Result> challenge = authenticate(request, response);
      if (challenge.isPresent()) {
        return challenge.get();
      }
    }
    boolean granted =
        roles.stream().anyMatch(role -> role.equals(ANY_USER) || request.isUserInRole(role));
    return granted
        ? new Result.Granted()
        : new Result.Denied(
            FORBIDDEN,
            "role: none that may do this (expected: one of " + new TreeSet<>(roles) + ")");
  }

  /** Asks the server to authenticate the caller; empty when it has. */
  private static Optional<Result> authenticate(
      HttpServletRequest request, HttpServletResponse response) throws IOException {
    try {
      if (request.authenticate(response) && request.getUserPrincipal() != null) {
        return Optional.empty();
      }
    } catch (ServletException e) {
      return Optional.of(unauthenticated("authentication: " + e.getMessage()));
    }
    boolean answered = response.isCommitted() || response.getStatus() >= 300;
    return Optional.of(
        answered ? new Result.Challenged() : unauthenticated("user: none (expected: one)"));
  }

  private static Result unauthenticated(String detail) {
    return new Result.Denied(UNAUTHORIZED, detail);
  }
}
