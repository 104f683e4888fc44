package dev.culvert.endpoint;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The connection below an upgraded one of Payara or GlassFish. Any thread. */
public final class GrizzlySocket {

  private static final Logger LOG = System.getLogger("dev.culvert");

  /** Payara's and GlassFish's name for the same. */
  private static final List<String> GRIZZLY_REQUEST =
      List.of("getCoyoteRequest", "getGrizzlyRequest");

  private static final String CLOSE_LISTENER = "org.glassfish.grizzly.CloseListener";

  private final Object connection;
  private final Method isOpen;
  private final Method terminate;
  private final Method addCloseListener;

  private GrizzlySocket(Object connection) throws NoSuchMethodException {
    this.connection = connection;
    this.isOpen = connection.getClass().getMethod("isOpen");
    this.terminate = connection.getClass().getMethod("terminateSilently");
    this.addCloseListener =
        Arrays.stream(connection.getClass().getMethods())
            .filter(method -> method.getName().equals("addCloseListener"))
            .filter(method -> method.getParameterTypes()[0].getName().equals(CLOSE_LISTENER))
            .findAny()
            .orElseThrow(() -> new NoSuchMethodException("addCloseListener"));
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
          return Optional.empty();
        }
      }
    }
    LOG.log(Level.WARNING, "CULVERT-G013 the server does not show a connection");
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

  /** Runs a task when it is closed, at once when it is already; on whatever thread closes it. */
  public void whenClosed(Runnable task) {
    Class<?> type = addCloseListener.getParameterTypes()[0];
    InvocationHandler listener =
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "equals" -> proxy == arguments[0];
              case "hashCode" -> System.identityHashCode(proxy);
              case "toString" -> "close listener";
              default -> {
                task.run();
                yield null;
              }
            };
    call(
        addCloseListener,
        Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, listener));
  }

  /** Bytes that the client has not taken yet. */
  public long queued() {
    try {
      Object queue = connection.getClass().getMethod("getAsyncWriteQueue").invoke(connection);
      return ((Number) queue.getClass().getMethod("spaceInBytes").invoke(queue)).longValue();
    } catch (ReflectiveOperationException e) {
      LOG.log(Level.DEBUG, "the server does not tell what is queued", e);
      return 0;
    }
  }

  private Object call(Method method, Object... arguments) {
    try {
      return method.invoke(connection, arguments);
    } catch (ReflectiveOperationException e) {
      LOG.log(Level.WARNING, "CULVERT-G013 the server's connection does not close", e);
      return null;
    }
  }
}
