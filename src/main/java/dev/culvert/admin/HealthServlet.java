package dev.culvert.admin;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Tells whether this application does what it is there for: 200, or 503 when another node would
 * serve better. For administrators only: names of upstreams are nobody else's business.
 */
public final class HealthServlet extends AdminServlet {

  /** Where it is mapped, below the context root. */
  public static final String PATH = "/admin/health";

  private static final long serialVersionUID = 1;

  private final transient Supplier<Health> health;

  /**
   * Both suppliers are called at each request, on the container's threads.
   *
   * @param roles whose members may read
   */
  public HealthServlet(Supplier<Set<String>> roles, Supplier<Health> health) {
    super(roles, "GET", "HEAD");
    this.health = health;
  }

  @Override
  Answer answer(HttpServletRequest request) {
    Health now = health.get();
    int status =
        now.isUp() ? HttpServletResponse.SC_OK : HttpServletResponse.SC_SERVICE_UNAVAILABLE;
    return new Answer(status, Json.CONTENT_TYPE, Json.of(now.report()));
  }
}
