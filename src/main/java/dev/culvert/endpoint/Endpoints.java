package dev.culvert.endpoint;

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
public final class Endpoints implements AutoCloseable {

  private static final Logger LOG = System.getLogger("dev.culvert.endpoint");

  private final ServerContainer container;
  private final String path;
  private final Admissions admissions;
  private final Optional<TyrusTimers> timers;

  private Endpoints(
      ServerContainer container, String path, Admissions admissions, Optional<TyrusTimers> timers) {
    this.container = container;
    this.path = path;
    this.admissions = admissions;
    this.timers = timers;
  }

  /**
   * Registers the endpoint. Called while the context is initialized: later ones Payara does not
   * see.
   *
   * @return empty on a server without WebSocket endpoints
   */
  public static Optional<Endpoints> register(ServletContext context) {
    Object found = context.getAttribute("jakarta.websocket.server.ServerContainer");
    if (!(found instanceof ServerContainer container)) {
      return Optional.empty();
    }
    byte[] secret = new byte[16];
    new SecureRandom().nextBytes(secret);
    String path =
        "/culvert-" + HexFormat.of().formatHex(secret) + "/{" + EndpointConfigurator.TOKEN + "}";
    Admissions admissions = new Admissions();
    try {
      container.addEndpoint(config(path, new EndpointConfigurator(admissions, Optional.empty())));
    } catch (DeploymentException | RuntimeException e) {
      admissions.close();
      LOG.log(Level.WARNING, "CULVERT-L004 no WebSocket endpoint: the server refuses it", e);
      return Optional.empty();
    }
    return Optional.of(new Endpoints(container, path, admissions, TyrusTimers.install(container)));
  }

  private static ServerEndpointConfig config(String path, EndpointConfigurator configurator) {
    return ServerEndpointConfig.Builder.create(SessionEndpoint.class, path)
        .configurator(configurator)
        .build();
  }

  /**
   * Answers the client's handshake with a 101 and has the session taken when it opens.
   *
   * @param response headers of the 101 beyond those of the handshake are set
   * @throws IOException when the client is gone
   * @throws IllegalStateException when the server does not upgrade
   */
  public void upgrade(HttpServletRequest request, HttpServletResponse response, Pending handshake)
      throws IOException {
    Admission admission = admissions.admit(handshake);
    String token = admission.token();
    boolean upgraded = false;
    try {
      container.upgradeHttpToWebSocket(
          new HiddenRequest(request),
          response,
          config(path, new EndpointConfigurator(admissions, Optional.of(token))),
          Map.of(EndpointConfigurator.TOKEN, token));
      int status = ServerResponse.of(response).getStatus(); // a filter may remember another one
      if (status == HttpServletResponse.SC_SWITCHING_PROTOCOLS) {
        ServerResponse.commit(response);
        upgraded = true;
      }
      UpgradedRequest.of(request).ifPresent(admission::upgraded);
    } catch (DeploymentException e) {
      throw new IllegalStateException("endpoint: " + e.getMessage(), e);
    } finally {
      if (!upgraded) {
        Optional<Admission> unused = admissions.take(token);
      }
    }
    if (!upgraded) {
      throw new IllegalStateException("endpoint: the server did not upgrade");
    }
  }

  /** Lets no more sessions begin; to be called when those that have begun are closed. */
  @Override
  public void close() {
    admissions.close();
    timers.ifPresent(TyrusTimers::close);
  }
}
