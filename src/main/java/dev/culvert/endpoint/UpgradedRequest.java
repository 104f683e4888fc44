package dev.culvert.endpoint;

import jakarta.servlet.ServletRequest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;
import java.util.Optional;

/**
 * Payara's own request after an upgrade. The server's thread keeps it until the thread's next
 * request, and the request keeps the upgrade's handler, and so this deployment; it has to be told
 * to let go. Other servers do so by themselves. Any thread.
 */
public final class UpgradedRequest {

  private static final Logger LOG = System.getLogger("dev.culvert");

  private final Object request;
  private final Field field;

  /** What the upgrade has put there. */
  private final Object handler;

  /** Whether the server's thread has left the request. */
  private final Optional<Field> returned;

  private UpgradedRequest(Object request, Field field, Object handler, Optional<Field> returned) {
    this.request = request;
    this.field = field;
    this.handler = handler;
    this.returned = returned;
  }

  /**
   * The server's request.
   *
   * @param upgraded as the filter got it
   * @return empty when the server is another one
   */
  public static Optional<UpgradedRequest> of(ServletRequest upgraded) {
    ServletRequest inner = ServerRequest.of(upgraded);
    try {
      Object request = inner.getClass().getMethod("getUnwrappedCoyoteRequest").invoke(inner);
      Field field = Fields.find(request.getClass(), "httpUpgradeHandler").orElseThrow();
      field.setAccessible(true);
      Optional<Field> returned = Fields.find(request.getClass(), "afterService");
      returned.ifPresent(known -> known.setAccessible(true));
      return Optional.of(new UpgradedRequest(request, field, field.get(request), returned));
    } catch (NoSuchMethodException e) {
      return Optional.empty();
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.log(Level.WARNING, "CULVERT-G013 the server keeps the handler of an upgrade", e);
      return Optional.empty();
    }
  }

  /**
   * The connection that is upgraded; empty when the server does not show it. To be asked for as
   * long as that is open: the request may serve another one later.
   */
  public Optional<GrizzlySocket> socket() {
    return GrizzlySocket.of(request);
  }

  /**
   * Whether the server's thread is out of the request processing. Before that nobody else may
   * answer: the thread looks at the response on its way out.
   */
  public boolean hasReturned() {
    try {
      return returned.isEmpty() || returned.get().getBoolean(request);
    } catch (IllegalAccessException e) {
      LOG.log(Level.WARNING, "CULVERT-G013 the server does not show where its thread is", e);
      return true;
    }
  }

  /** Has the request forget its upgrade, unless it serves another one by now. */
  public void forget() {
    try {
      if (handler != null && field.get(request) == handler) {
        field.set(request, null);
      }
    } catch (IllegalAccessException e) {
      LOG.log(Level.WARNING, "CULVERT-G013 the server keeps the handler of an upgrade", e);
    }
  }
}
