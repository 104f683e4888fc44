package dev.culvert.admin;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Has an upstream chosen again, no more, or by those only that are bound to it. */
public final class ProviderOrderServlet extends ActionServlet {

  /** Where it is mapped, below the context root; the last part is the order. */
  public static final List<String> PATHS =
      List.of("enable", "disable", "drain").stream()
          .map(order -> ProvidersServlet.PATH + "/" + order)
          .toList();

  private static final long serialVersionUID = 1;

  private static final String PROVIDER = "provider";

  private final transient ProvidersMXBean providers;

  /**
   * @param roles whose members may give orders; called at each request
   */
  public ProviderOrderServlet(Supplier<Set<String>> roles, ProvidersMXBean providers) {
    super(roles, PROVIDER);
    this.providers = providers;
  }

  @Override
  Answer act(HttpServletRequest request, Parameters parameters) {
    String provider = parameters.first(PROVIDER);
    String path = request.getServletPath();
    String order = path.substring(path.lastIndexOf('/') + 1);
    try {
      give(order, provider);
    } catch (IllegalArgumentException e) {
      return Answer.refusal(HttpServletResponse.SC_NOT_FOUND, e.getMessage());
    }
    return Answer.json(Map.of(order, provider));
  }

  private void give(String order, String provider) {
    switch (order) {
      case "enable" -> providers.enable(provider);
      case "disable" -> providers.disable(provider);
      default -> providers.drain(provider);
    }
  }
}
