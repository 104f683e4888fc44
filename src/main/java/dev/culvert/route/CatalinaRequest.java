package dev.culvert.route;

import jakarta.servlet.http.WebConnection;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;

/**
 * The request behind an upgraded connection of Payara or GlassFish. Their threads keep a request
 * for the next one, and in it the handler of the upgrade, which would keep the application.
 */
final class CatalinaRequest {

  private static final Logger LOG = System.getLogger("dev.culvert");
  private static final String CONNECTION = "org.apache.catalina.connector.WebConnectionImpl";

  private CatalinaRequest() {}

  /** Takes the handler from the request of a closed connection, if it is one of these servers'. */
  static void forgetHandler(WebConnection connection) {
    Class<?> type = connection.getClass();
    if (!type.getName().equals(CONNECTION)) {
      return;
    }
    try {
      Field request = type.getDeclaredField("request");
      request.setAccessible(true);
      Field handler =
          Class.forName("org.apache.catalina.connector.Request", false, type.getClassLoader())
              .getDeclaredField("httpUpgradeHandler");
      handler.setAccessible(true);
      handler.set(request.get(connection), null);
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.log(Level.WARNING, "CULVERT-G013 the server keeps a closed connection's handler", e);
    }
  }
}
