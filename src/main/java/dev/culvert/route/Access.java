package dev.culvert.route;

import dev.culvert.config.Route;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.Outcome;
import dev.culvert.handshake.Refusal;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;

/** Whether the caller may use a route, as the server's own security says. */
final class Access {

  /** The role that every authenticated user has. */
  static final String ANY_USER = "**";

  /** What the check came to. */
  sealed interface Result {
    record Granted() implements Result {}

    /** The server has written its own challenge. */
    record Challenged() implements Result {}

    record Denied(Refusal refusal) implements Result {}
  }

  private Access() {}

  static Result check(Route route, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (route.roles().isEmpty()) {
      return new Result.Granted();
    }
    if (request.getUserPrincipal() == null) {
      Optional<Result> challenge = authenticate(request, response);
      if (challenge.isPresent()) {
        return challenge.get();
      }
    }
    boolean granted =
        route.roles().stream()
            .anyMatch(role -> role.equals(ANY_USER) || request.isUserInRole(role));
    return granted
        ? new Result.Granted()
        : new Result.Denied(
            Refusal.forbidden(
                "role: none of the route's (expected: one of " + route.roles() + ")"));
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
    return new Result.Denied(new Refusal(Outcome.FORBIDDEN, 401, Headers.NONE, detail));
  }
}
