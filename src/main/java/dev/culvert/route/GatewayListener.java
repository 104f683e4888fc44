package dev.culvert.route;

import dev.culvert.relay.RelayEndpoints;
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
  private Optional<RelayEndpoints> relayEndpoints = Optional.empty();

  /** Required by the container. */
  public GatewayListener() {}

  @Override
  public void contextInitialized(ServletContextEvent event) {
    ServletContext context = event.getServletContext();
    gateway = Gateway.start(context);
    context.declareRoles(gateway.declaredRoles());
    context.addListener(new SessionEnds(gateway));
    relayEndpoints = RelayEndpoints.register(context);
    FilterRegistration.Dynamic filter =
        context.addFilter("culvert", new TunnelFilter(gateway, relayEndpoints));
    filter.setAsyncSupported(true);
    filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
    Administration.register(context, gateway);
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    relayEndpoints.ifPresent(RelayEndpoints::close);
    relayEndpoints = Optional.empty();
    if (gateway != null) {
      gateway.stop();
      gateway = null;
    }
    RecordMethods.forgetLast();
  }
}
