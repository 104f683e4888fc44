package dev.culvert.route;

import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

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
  private static final long PATIENCE_SECONDS = 2;
  private static final String TOMCAT = "org.apache.coyote.http11.upgrade.";

  private final Object wrapper;
  private final Method close;
  private final Method registerWriteInterest;

  /** Held by a thread of Tomcat for as long as it is at work on the connection. */
  private final Lock lock;

  TomcatSocket(Object wrapper) throws ReflectiveOperationException {
    this.wrapper = wrapper;
    this.close = wrapper.getClass().getMethod("close");
    this.registerWriteInterest = wrapper.getClass().getMethod("registerWriteInterest");
    this.lock = (Lock) wrapper.getClass().getMethod("getLock").invoke(wrapper);
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

  /**
   * Closes the connection after all that its system has taken, and not while a thread of Tomcat is
   * at work on it, for which it waits two seconds at most. That thread's last act is to put the
   * connection among those that wait for their clients; a connection that was closed before is not
   * taken out again, and keeps this deployment (10.1.59, {@code
   * AbstractProtocol.ConnectionHandler}).
   */
  void close() {
    boolean alone = false;
    try {
      alone = lock.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      call(close);
    } finally {
      if (alone) {
        lock.unlock();
      }
    }
  }

  private void call(Method method) {
    try {
      method.invoke(wrapper);
    } catch (ReflectiveOperationException e) {
      LOG.log(Level.DEBUG, "socket of Tomcat", e);
    }
  }
}
