package dev.culvert.route;

import jakarta.servlet.http.WebConnection;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * What Undertow does not offer through the Servlet API: the thread to which an upgraded connection
 * belongs. Undertow reads and decrypts on it without a lock before it calls a listener, so whoever
 * uses the connection on another thread meets it there.
 */
final class UndertowThread {

  private static final Logger LOG = System.getLogger("dev.culvert");
  private static final String CONNECTION = "io.undertow.servlet.spec.WebConnectionImpl";

  private UndertowThread() {}

  /** Runs tasks on the thread of a connection; empty when the connection is none of Undertow's. */
  static Optional<Executor> of(WebConnection connection) {
    Class<?> type = connection.getClass();
    if (!type.getName().equals(CONNECTION)) {
      return Optional.empty();
    }
    try {
      Field field = type.getDeclaredField("channel");
      field.setAccessible(true);
      Object channel = field.get(connection);
      return Optional.of((Executor) channel.getClass().getMethod("getIoThread").invoke(channel));
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.log(Level.WARNING, "CULVERT-G015 Undertow of an unknown form, its thread is not used", e);
      return Optional.empty();
    }
  }
}
