package dev.culvert.route;

import dev.culvert.admin.EvictionServlet;
import dev.culvert.admin.MetricsServlet;
import dev.culvert.admin.PoolServlet;
import jakarta.servlet.ServletContext;
import java.util.List;

/** What a deployment answers to its administrators, below {@code /admin}. */
final class Administration {

  /** Below the context root. */
  static final List<String> PATHS =
      List.of(MetricsServlet.PATH, PoolServlet.PATH, EvictionServlet.PATH);

  private Administration() {}

  /** Adds the servlets; to be called while the context is initialized. */
  static void register(ServletContext context, Gateway gateway) {
    GatewayPool pool = new GatewayPool(gateway);
    context
        .addServlet("culvert-metrics", new MetricsServlet(gateway::adminRoles, gateway::samples))
        .addMapping(MetricsServlet.PATH);
    context
        .addServlet("culvert-pool", new PoolServlet(gateway::adminRoles, pool))
        .addMapping(PoolServlet.PATH);
    context
        .addServlet("culvert-eviction", new EvictionServlet(gateway::adminRoles, pool))
        .addMapping(EvictionServlet.PATH);
  }
}
