package dev.culvert.admin;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;

/** Evicts an account of the pool. */
public final class EvictionServlet extends ActionServlet {

  /** Where it is mapped, below the context root. */
  public static final String PATH = "/admin/pool/evict";

  private static final long serialVersionUID = 1;

  private final transient PoolControl pool;

  /** What has been done. */
  private record Eviction(String account, int evicted) {}

  /**
   * @param roles whose members may evict; called at each request
   */
  public EvictionServlet(Supplier<Set<String>> roles, PoolControl pool) {
    super(roles);
    this.pool = pool;
  }

  @Override
  Answer act(HttpServletRequest request) {
    String[] accounts = request.getParameterValues("account");
    if (accounts == null || accounts.length != 1 || accounts[0].isEmpty()) {
      int found = accounts == null ? 0 : accounts.length;
      return Answer.refusal(
          HttpServletResponse.SC_BAD_REQUEST, "account: " + found + " (expected: one name)");
    }
    OptionalInt evicted = pool.evict(accounts[0]);
    return evicted.isPresent()
        ? Answer.json(new Eviction(accounts[0], evicted.getAsInt()))
        : Answer.refusal(
            HttpServletResponse.SC_NOT_FOUND,
            "account: unknown (expected: one that is configured or has connections)");
  }
}
