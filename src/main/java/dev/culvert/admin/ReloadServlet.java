package dev.culvert.admin;

import dev.culvert.config.ConfigException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Has this application read its configuration again. */
public final class ReloadServlet extends ActionServlet {

  /** Where it is mapped, below the context root. */
  public static final String PATH = "/admin/reload";

  private static final long serialVersionUID = 1;

  private final transient BooleanSupplier reload;

  /**
   * @param roles whose members may have it do so; called at each request
   * @param reload false when the deployment ends; throws {@link ConfigException} when the
   *     configuration is not valid, and leaves the one that it has in force
   */
  public ReloadServlet(Supplier<Set<String>> roles, BooleanSupplier reload) {
    super(roles);
    this.reload = reload;
  }

  @Override
  Answer act(HttpServletRequest request, Parameters parameters) {
    try {
      if (!reload.getAsBoolean()) {
        throw new IllegalStateException("the deployment ends");
      }
      return Answer.json(Map.of("reloaded", true));
    } catch (ConfigException e) {
      return Answer.refusal(HttpServletResponse.SC_CONFLICT, e.getMessage());
    }
  }
}
