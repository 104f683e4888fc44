package dev.culvert.route;

import dev.culvert.boot.EagerLoading;
import dev.culvert.endpoint.Endpoints;
import dev.culvert.relay.Relays;
import dev.culvert.thread.Ending;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.util.EnumSet;
import java.util.Optional;

/**
 * Begins and ends the gateway with the web application. A configuration that is not valid fails the
 * deployment before anything has been touched.
 */
@WebListener
public final class GatewayListener implements ServletContextListener {

  /** Owned by the container's deployment threads, which call one after the other. */
  private Optional<Gateway> gateway = Optional.empty();

  /** As the gateway. */
  private Optional<Endpoints> endpoints = Optional.empty();

  /** As the gateway. */
  private Optional<Relays> relays = Optional.empty();

  private final Ending ending =
      new Ending()
          .step("relays", () -> relays.ifPresent(Relays::close))
          .step("gateway", () -> gateway.ifPresent(Gateway::stop))
          .step("endpoints", () -> endpoints.ifPresent(Endpoints::close)) // after the last session
          .step("records", RecordMethods::forgetLast);

  /** Required by the container. */
  public GatewayListener() {}

  @Override
  public void contextInitialized(ServletContextEvent event) {
    EagerLoading.ofApplication(GatewayListener.class);
    ServletContext context = event.getServletContext();
    Gateway started = Gateway.start(context);
    gateway = Optional.of(started);
    context.declareRoles(started.declaredRoles());
    context.addListener(new SessionEnds(started));
    endpoints = Endpoints.register(context);
    Relays begun = new Relays();
    relays = Optional.of(begun);
    FilterRegistration.Dynamic filter =
        context.addFilter("culvert", new TunnelFilter(started, endpoints, begun));
    filter.setAsyncSupported(true);
    filter.addMappingForUrlPatterns(
        EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC), false, "/*");
    Administration.register(context, started);
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    ending.run();
    relays = Optional.empty();
    gateway = Optional.empty();
    endpoints = Optional.empty();
  }
}
