package dev.culvert.admin;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Ends the leases of a session at an upstream, wherever they are held, if the store answers. */
public final class ReleaseServlet extends ActionServlet {

  /** Where it is mapped, below the context root. */
  public static final String PATH = "/admin/providers/release";

  private static final long serialVersionUID = 1;

  private static final String PROVIDER = "provider";
  private static final String SESSION = "session";

  private final transient ProvidersMXBean providers;

  /**
   * @param roles whose members may release; called at each request
   */
  public ReleaseServlet(Supplier<Set<String>> roles, ProvidersMXBean providers) {
    super(roles, PROVIDER, SESSION);
    this.providers = providers;
  }

  @Override
  Answer act(HttpServletRequest request, Parameters parameters) {
    try {
      int released = providers.forceRelease(parameters.first(PROVIDER), parameters.first(SESSION));
      return Answer.json(Map.of("released", released));
    } catch (IllegalArgumentException e) {
      return Answer.refusal(HttpServletResponse.SC_NOT_FOUND, e.getMessage());
    } catch (IllegalStateException e) { // the store does not answer
      return Answer.refusal(HttpServletResponse.SC_SERVICE_UNAVAILABLE, e.getMessage());
    }
  }
}
