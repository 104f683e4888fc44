package dev.culvert.admin;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Evicts an account of the pool. Browsers send an administrator's login along with whatever a page
 * of somebody else makes them ask for; but such a page cannot set a header of its own without being
 * allowed to (Fetch standard, "CORS-preflight fetch"), so one is required.
 */
public final class EvictionServlet extends AdminServlet {

  /** Where it is mapped, below the context root. */
  public static final String PATH = "/admin/pool/evict";

  private static final long serialVersionUID = 1;

  /** As Payara's own REST administration has it. */
  private static final String OWN_HEADER = "X-Requested-By";

  private final transient PoolControl pool;

  /**
   * @param roles whose members may evict; called at each request
   */
  public EvictionServlet(Supplier<Set<String>> roles, PoolControl pool) {
    super(roles, "POST");
    this.pool = pool;
  }

  @Override
  Answer answer(HttpServletRequest request) {
    if (request.getHeader(OWN_HEADER) == null) {
      return Answer.refusal(
          HttpServletResponse.SC_BAD_REQUEST,
          OWN_HEADER + ": absent (expected: any value, which pages of others cannot send)");
    }
    String[] accounts = request.getParameterValues("account");
    if (accounts == null || accounts.length != 1 || accounts[0].isEmpty()) {
      int found = accounts == null ? 0 : accounts.length;
      return Answer.refusal(
          HttpServletResponse.SC_BAD_REQUEST, "account: " + found + " (expected: one name)");
    }
    OptionalInt evicted = pool.evict(accounts[0]);
    return evicted.isPresent()
        ? Answer.of(PoolJson.CONTENT_TYPE, PoolJson.evicted(accounts[0], evicted.getAsInt()))
        : Answer.refusal(
            HttpServletResponse.SC_NOT_FOUND,
            "account: unknown (expected: one that is configured or has connections)");
  }
}
