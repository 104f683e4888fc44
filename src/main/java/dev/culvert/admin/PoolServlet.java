package dev.culvert.admin;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Lists the pooled upstream sockets of this application as JSON. */
public final class PoolServlet extends AdminServlet {

  /** Where it is mapped, below the context root. */
  public static final String PATH = "/admin/pool";

  private static final long serialVersionUID = 1;

  private final transient PoolControl pool;

  /**
   * @param roles whose members may read; called at each request
   */
  public PoolServlet(Supplier<Set<String>> roles, PoolControl pool) {
    super(roles, "GET", "HEAD");
    this.pool = pool;
  }

  @Override
  Answer answer(HttpServletRequest request) {
    return Answer.json(Map.of("sockets", pool.sockets()));
  }
}
