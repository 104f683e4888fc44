package dev.culvert.route;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpUpgradeHandler;
import java.util.Optional;

/**
 * A request that the server has upgraded already: whoever asks for the upgrade now gets a handler
 * that waits for the connection. Used by one thread at a time.
 */
final class LateUpgrade extends HttpServletRequestWrapper {

  private Optional<HttpUpgradeHandler> handler = Optional.empty();

  LateUpgrade(HttpServletRequest request) {
    super(request);
  }

  @Override
  public <T extends HttpUpgradeHandler> T upgrade(Class<T> type) throws ServletException {
    try {
      T made = type.getDeclaredConstructor().newInstance();
      handler = Optional.of(made);
      return made;
    } catch (ReflectiveOperationException e) {
      throw new ServletException("upgrade handler: " + type.getName(), e);
    }
  }

  /** The handler that was asked for last. */
  Optional<HttpUpgradeHandler> handler() {
    return handler;
  }
}
