package dev.culvert.route;

import dev.culvert.admin.EvictionServlet;
import dev.culvert.admin.HealthServlet;
import dev.culvert.admin.MetricsServlet;
import dev.culvert.admin.PoolServlet;
import dev.culvert.admin.ProviderOrderServlet;
import dev.culvert.admin.ProvidersBean;
import dev.culvert.admin.ProvidersServlet;
import dev.culvert.admin.ReleaseServlet;
import dev.culvert.admin.ReloadServlet;
import dev.culvert.admin.StreamsCloseServlet;
import dev.culvert.admin.StreamsServlet;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What a deployment answers to its administrators, below {@code /admin}. */
final class Administration {

  /** Below the context root. */
  static final List<String> PATHS =
      Stream.concat(
              Stream.of(
                  MetricsServlet.PATH,
                  HealthServlet.PATH,
                  StreamsServlet.PATH,
                  StreamsCloseServlet.PATH,
                  PoolServlet.PATH,
                  EvictionServlet.PATH,
                  ProvidersServlet.PATH,
                  ReleaseServlet.PATH,
                  ReloadServlet.PATH),
              ProviderOrderServlet.PATHS.stream())
          .toList();

  private final ServletContext context;

  private Administration(ServletContext context) {
    this.context = context;
  }

  /** Adds the servlets; to be called while the context is initialized. */
  static void register(ServletContext context, Gateway gateway) {
    Administration to = new Administration(context);
    Supplier<Set<String>> readers = () -> gateway.admin().all();
    Supplier<Set<String>> managers = () -> gateway.admin().managers();
    GatewayPool pool = new GatewayPool(gateway);
    GatewayStreams streams = new GatewayStreams(gateway);
    ProvidersBean providers = new ProvidersBean(gateway.providers());
    to.add("metrics", MetricsServlet.PATH, new MetricsServlet(readers, gateway::samples));
    to.add("health", HealthServlet.PATH, new HealthServlet(readers, gateway::health));
    to.add("streams", StreamsServlet.PATH, new StreamsServlet(readers, streams));
    to.add("close", StreamsCloseServlet.PATH, new StreamsCloseServlet(managers, streams));
    to.add("pool", PoolServlet.PATH, new PoolServlet(readers, pool));
    to.add("eviction", EvictionServlet.PATH, new EvictionServlet(managers, pool));
    to.add("providers", ProvidersServlet.PATH, new ProvidersServlet(readers, providers));
    to.add("orders", ProviderOrderServlet.PATHS, new ProviderOrderServlet(managers, providers));
    to.add("release", ReleaseServlet.PATH, new ReleaseServlet(managers, providers));
    to.add("reload", ReloadServlet.PATH, new ReloadServlet(managers, gateway::reload));
  }

  private void add(String name, String path, Servlet servlet) {
    add(name, List.of(path), servlet);
  }

  private void add(String name, List<String> paths, Servlet servlet) {
    context.addServlet("culvert-" + name, servlet).addMapping(paths.toArray(String[]::new));
  }
}
