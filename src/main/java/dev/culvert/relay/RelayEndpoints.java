package dev.culvert.relay;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * The way from the filter to the server's own WebSocket endpoint. The endpoint has a path that
 * nobody can guess, because servers let it be requested directly.
 */
public final class RelayEndpoints implements AutoCloseable {

  private static final Logger LOG = System.getLogger("dev.culvert.relay");

  private final ServerContainer container;
  private final String path;
  private final Relays relays;
  private final Optional<TyrusTimers> timers;

  private RelayEndpoints(
      ServerContainer container, String path, Relays relays, Optional<TyrusTimers> timers) {
    this.container = container;
    this.path = path;
    this.relays = relays;
    this.timers = timers;
  }

  /**
   * Registers the endpoint. Called while the context is initialized: later ones Payara does not
   * see.
   *
   * @return empty on a server without WebSocket endpoints
   */
  public static Optional<RelayEndpoints> register(ServletContext context) {
    Object found = context.getAttribute("jakarta.websocket.server.ServerContainer");
    if (!(found instanceof ServerContainer container)) {
      return Optional.empty();
    }
    byte[] secret = new byte[16];
    new SecureRandom().nextBytes(secret);
    String path =
        "/culvert-" + HexFormat.of().formatHex(secret) + "/{" + RelayConfigurator.TOKEN + "}";
    Relays relays = new Relays();
    try {
      container.addEndpoint(config(path, new RelayConfigurator(relays, Optional.empty())));
    } catch (DeploymentException | RuntimeException e) {
      relays.close();
      LOG.log(Level.WARNING, "CULVERT-L004 no relay mode: the endpoint is refused", e);
      return Optional.empty();
    }
    return Optional.of(new RelayEndpoints(container, path, relays, TyrusTimers.install(container)));
  }

  private static ServerEndpointConfig config(String path, RelayConfigurator configurator) {
    return ServerEndpointConfig.Builder.create(RelayEndpoint.class, path)
        .configurator(configurator)
        .build();
  }

  /**
   * Answers the client's handshake with a 101 and has the relay begin when its session opens.
   *
   * @param response headers of the 101 beyond those of the handshake are set
   * @throws IOException when the client is gone
   * @throws IllegalStateException when the server does not upgrade
   */
  public void upgrade(HttpServletRequest request, HttpServletResponse response, Pending handshake)
      throws IOException {
    Admission admission = relays.admit(handshake);
    String token = admission.token();
    boolean upgraded = false;
    try {
      container.upgradeHttpToWebSocket(
          new HiddenRequest(request),
          response,
          config(path, new RelayConfigurator(relays, Optional.of(token))),
          Map.of(RelayConfigurator.TOKEN, token));
      upgraded = response.getStatus() == HttpServletResponse.SC_SWITCHING_PROTOCOLS;
      UpgradedRequest.of(request).ifPresent(admission.request()::complete);
    } catch (DeploymentException e) {
      throw new IllegalStateException("endpoint: " + e.getMessage(), e);
    } finally {
      if (!upgraded) {
        relays.dismiss(token);
      }
    }
    if (!upgraded) {
      throw new IllegalStateException("endpoint: the server did not upgrade");
    }
  }

  /** Drains all relays; see {@link Relays#close}. */
  @Override
  public void close() {
    relays.close();
    timers.ifPresent(TyrusTimers::close);
  }
}
