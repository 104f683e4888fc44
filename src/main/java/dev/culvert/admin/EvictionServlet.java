package dev.culvert.admin;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Evicts an account of the pool. */
public final class EvictionServlet extends ActionServlet {

  /** Where it is mapped, below the context root. */
  public static final String PATH = "/admin/pool/evict";

  private static final long serialVersionUID = 1;

  private static final String ACCOUNT = "account";

  private final transient PoolControl pool;

  /**
   * @param roles whose members may evict; called at each request
   */
  public EvictionServlet(Supplier<Set<String>> roles, PoolControl pool) {
    super(roles, ACCOUNT);
    this.pool = pool;
  }

  @Override
  Answer act(HttpServletRequest request, Parameters parameters) {
    String account = parameters.first(ACCOUNT);
    OptionalInt evicted = pool.evict(account);
    return evicted.isPresent()
        ? Answer.json(new TreeMap<>(Map.of(ACCOUNT, account, "evicted", evicted.getAsInt())))
        : Answer.refusal(
            HttpServletResponse.SC_NOT_FOUND,
            "account: unknown (expected: one that is configured or has connections)");
  }
}
