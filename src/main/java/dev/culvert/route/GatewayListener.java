package dev.culvert.route;

import dev.culvert.endpoint.Endpoints;
import dev.culvert.relay.Relays;
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
  private Gateway gateway;

  /** As the gateway. */
  private Optional<Endpoints> endpoints = Optional.empty();

  /** As the gateway. */
  private Optional<Relays> relays = Optional.empty();

  /** Required by the container. */
  public GatewayListener() {}

  @Override
  public void contextInitialized(ServletContextEvent event) {
    ServletContext context = event.getServletContext();
    gateway = Gateway.start(context);
    context.declareRoles(gateway.declaredRoles());
    context.addListener(new SessionEnds(gateway));
    endpoints = Endpoints.register(context);
    Relays begun = new Relays();
    relays = Optional.of(begun);
    FilterRegistration.Dynamic filter =
        context.addFilter("culvert", new TunnelFilter(gateway, endpoints, begun));
    filter.setAsyncSupported(true);
    filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
    Administration.register(context, gateway);
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    relays.ifPresent(Relays::close);
    relays = Optional.empty();
    if (gateway != null) {
      gateway.stop();
      gateway = null;
    }
    endpoints.ifPresent(Endpoints::close); // behind the last session
    endpoints = Optional.empty();
    RecordMethods.forgetLast();
  }
}
