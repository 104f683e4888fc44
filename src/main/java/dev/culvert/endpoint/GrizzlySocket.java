package dev.culvert.endpoint;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;

/** The connection below an upgraded one of Payara or GlassFish. Any thread. */
public final class GrizzlySocket {

  private static final Logger LOG = System.getLogger("dev.culvert");

  /** Payara's and GlassFish's name for the same. */
  private static final List<String> GRIZZLY_REQUEST =
      List.of("getCoyoteRequest", "getGrizzlyRequest");

  private final Object connection;
  private final Method isOpen;
  private final Method terminate;

  private GrizzlySocket(Object connection) throws NoSuchMethodException {
    this.connection = connection;
    this.isOpen = connection.getClass().getMethod("isOpen");
    this.terminate = connection.getClass().getMethod("terminateSilently");
  }

  /** The connection of a request of these servers. */
  static Optional<GrizzlySocket> of(Object request) {
    for (Method accessor : request.getClass().getMethods()) {
      if (GRIZZLY_REQUEST.contains(accessor.getName())) {
        try {
          Object grizzly = accessor.invoke(request);
          Object connection = grizzly.getClass().getMethod("getConnection").invoke(grizzly);
          return Optional.of(new GrizzlySocket(connection));
        } catch (ReflectiveOperationException | RuntimeException e) {
          LOG.log(Level.WARNING, "CULVERT-G013 the server does not show a connection", e);
        }
      }
    }
    return Optional.empty();
  }

  /** Whether the server has not closed it yet. */
  public boolean isOpen() {
    return Boolean.TRUE.equals(call(isOpen));
  }

  /** Closes it at once, whatever the client has not taken yet. */
  public void terminate() {
    call(terminate);
  }

  private Object call(Method method) {
    try {
      return method.invoke(connection);
    } catch (ReflectiveOperationException e) {
      LOG.log(Level.WARNING, "CULVERT-G013 the server's connection does not close", e);
      return null;
    }
  }
}
