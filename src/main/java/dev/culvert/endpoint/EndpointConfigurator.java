package dev.culvert.endpoint;

import jakarta.websocket.Extension;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import java.util.Optional;

/**
 * The server's questions about a handshake that the filter has already settled: the origin is
 * allowed, there are no extensions, and the subprotocol is agreed.
 */
final class EndpointConfigurator extends ServerEndpointConfig.Configurator {

  /** Name of the path parameter. */
  static final String TOKEN = "token";

  private static final String SUBPROTOCOL = "Sec-WebSocket-Protocol";

  private final Admissions admissions;
  private final Optional<String> token;

  /**
   * Makes a configurator.
   *
   * @param token of the one handshake that it is for; empty when it is for all, on a server that
   *     shows the token in the request's URI
   */
  EndpointConfigurator(Admissions admissions, Optional<String> token) {
    this.admissions = admissions;
    this.token = token;
  }

  @Override
  public boolean checkOrigin(String origin) {
    return true;
  }

  /** None here: the server does not say which handshake it asks for. */
  @Override
  public String getNegotiatedSubprotocol(List<String> supported, List<String> requested) {
    return "";
  }

  @Override
  public List<Extension> getNegotiatedExtensions(
      List<Extension> installed, List<Extension> requested) {
    return List.of();
  }

  @Override
  public void modifyHandshake(
      ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
    admissions
        .find(token.orElseGet(() -> lastSegment(request)))
        .flatMap(Pending::subprotocol)
        .ifPresent(chosen -> response.getHeaders().put(SUBPROTOCOL, List.of(chosen)));
  }

  private static String lastSegment(HandshakeRequest request) {
    String path = request.getRequestURI().getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  @Override
  public <T> T getEndpointInstance(Class<T> type) {
    return type.cast(new SessionEndpoint(admissions));
  }
}
