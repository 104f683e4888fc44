package dev.culvert.route;

import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Optional;

/**
 * What Tomcat does not offer through the Servlet API. An upgraded connection that a thread of the
 * application closes stays open there until the client sends something; and only Tomcat's own
 * threads, one at a time, may read from it.
 *
 * <p>Nothing here makes Tomcat start a thread below frames of the application, which on JDK 17
 * would keep it for good.
 */
final class TomcatSocket {

  private static final Logger LOG = System.getLogger("dev.culvert");
  private static final String TOMCAT = "org.apache.coyote.http11.upgrade.";

  private final Object wrapper;
  private final Method close;
  private final Method registerWriteInterest;

  private TomcatSocket(Object wrapper) throws NoSuchMethodException {
    this.wrapper = wrapper;
    this.close = wrapper.getClass().getMethod("close");
    this.registerWriteInterest = wrapper.getClass().getMethod("registerWriteInterest");
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
      return Optional.of(new TomcatSocket(field.get(out)));
    } catch (ReflectiveOperationException | IOException | RuntimeException e) {
      LOG.log(Level.WARNING, "CULVERT-G012 Tomcat of an unknown form, connections close late", e);
      return Optional.empty();
    }
  }

  /** Has a thread of Tomcat call the write listener, as soon as the client's system takes bytes. */
  void callWriteListener() {
    call(registerWriteInterest);
  }

  /** Closes the connection behind all that its system has taken. */
  void close() {
    call(close);
  }

  private void call(Method method) {
    try {
      method.invoke(wrapper);
    } catch (ReflectiveOperationException e) {
      LOG.log(Level.DEBUG, "socket of Tomcat", e);
    }
  }
}
