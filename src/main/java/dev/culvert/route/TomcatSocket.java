package dev.culvert.route;

import jakarta.servlet.http.WebConnection;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Optional;

/**
 * Has a thread of Tomcat look at an upgraded connection. Tomcat closes one that was closed by
 * another thread only when the client sends something next, and the Servlet API has no means to
 * wake it up.
 */
final class TomcatSocket {

  private static final Logger LOG = System.getLogger("dev.culvert");
  private static final String TOMCAT = "org.apache.coyote.http11.upgrade.";

  private final Object wrapper;
  private final Method processSocket;
  private final Object openRead;

  private TomcatSocket(Object wrapper, Method processSocket, Object openRead) {
    this.wrapper = wrapper;
    this.processSocket = processSocket;
    this.openRead = openRead;
  }

  /** The socket of a connection; empty when it is none of Tomcat's. */
  static Optional<TomcatSocket> of(WebConnection connection) {
    if (!connection.getClass().getName().startsWith(TOMCAT)) {
      return Optional.empty();
    }
    try {
      Object out = connection.getOutputStream();
      Field field = out.getClass().getDeclaredField("socketWrapper");
      field.setAccessible(true);
      Object wrapper = field.get(out);
      Class<?> event =
          Class.forName(
              "org.apache.tomcat.util.net.SocketEvent",
              false,
              connection.getClass().getClassLoader());
      Method process = wrapper.getClass().getMethod("processSocket", event, boolean.class);
      Object openRead = event.getField("OPEN_READ").get(null);
      return Optional.of(new TomcatSocket(wrapper, process, openRead));
    } catch (ReflectiveOperationException | java.io.IOException | RuntimeException e) {
      LOG.log(Level.WARNING, "CULVERT-G012 Tomcat of an unknown form, connections close late", e);
      return Optional.empty();
    }
  }

  /** Returns at once; a thread of Tomcat does the rest. */
  void look() {
    try {
      processSocket.invoke(wrapper, openRead, true);
    } catch (ReflectiveOperationException e) {
      LOG.log(Level.DEBUG, "connection not looked at", e);
    }
  }
}
