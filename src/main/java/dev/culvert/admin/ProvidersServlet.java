package dev.culvert.admin;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Lists the upstreams that requests can go to, as JSON. */
public final class ProvidersServlet extends AdminServlet {

  /** Where it is mapped, below the context root. */
  public static final String PATH = "/admin/providers";

  private static final long serialVersionUID = 1;

  private final transient ProvidersMXBean providers;

  /**
   * @param roles whose members may read; called at each request
   */
  public ProvidersServlet(Supplier<Set<String>> roles, ProvidersMXBean providers) {
    super(roles, "GET", "HEAD");
    this.providers = providers;
  }

  @Override
  Answer answer(HttpServletRequest request) {
    return Answer.json(Map.of("providers", providers.list()));
  }
}
