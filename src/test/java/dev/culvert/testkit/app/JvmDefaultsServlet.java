package dev.culvert.testkit.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.ContainerProvider;
import jakarta.websocket.WebSocketContainer;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.ResponseCache;
import java.net.http.HttpClient;
import java.security.NoSuchAlgorithmException;
import java.security.Security;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;

/**
 * Answers {@code /defaults} with what belongs to the JVM and so to all applications, and with what
 * an application finds when it makes clients of its own: as {@link Properties}, in UTF-8.
 */
@WebServlet("/defaults")
public final class JvmDefaultsServlet extends HttpServlet {

  private static final long serialVersionUID = 1;

  /** WildFly gives a container to an application that has an endpoint, and to no other. */
  @ServerEndpoint("/endpoint")
  public static final class Endpoint {}

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Properties seen = new Properties();
    for (String name : System.getProperties().stringPropertyNames()) {
      seen.setProperty("property " + name, System.getProperty(name));
    }
    addObjects(seen);
    addHttpClient(seen);
    add(seen, "container of clients", ContainerProvider.getWebSocketContainer());
    add(
        seen,
        "container of endpoints",
        (ServerContainer) getServletContext().getAttribute(ServerContainer.class.getName()));
    response.setCharacterEncoding(UTF_8.name());
    seen.store(response.getWriter(), "");
  }

  private static void addObjects(Properties seen) {
    seen.setProperty("SSLContext", identity(sslContext()));
    seen.setProperty("ProxySelector", identity(ProxySelector.getDefault()));
    seen.setProperty("Authenticator", identity(Authenticator.getDefault()));
    seen.setProperty("CookieHandler", identity(CookieHandler.getDefault()));
    seen.setProperty("ResponseCache", identity(ResponseCache.getDefault()));
    seen.setProperty("SSLSocketFactory", identity(HttpsURLConnection.getDefaultSSLSocketFactory()));
    seen.setProperty("HostnameVerifier", identity(HttpsURLConnection.getDefaultHostnameVerifier()));
    seen.setProperty(
        "UncaughtExceptionHandler", identity(Thread.getDefaultUncaughtExceptionHandler()));
    seen.setProperty("providers", Arrays.toString(Security.getProviders()));
  }

  private static SSLContext sslContext() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void addHttpClient(Properties seen) {
    HttpClient client = HttpClient.newHttpClient();
    seen.setProperty(
        "HttpClient",
        List.of(
                identity(client.sslContext()),
                client.version(),
                client.followRedirects(),
                client.connectTimeout(),
                client.proxy(),
                client.cookieHandler(),
                client.authenticator(),
                List.of(client.sslParameters().getProtocols()))
            .toString());
  }

  private static void add(Properties seen, String name, WebSocketContainer container) {
    seen.setProperty(
        name,
        List.of(
                container.getClass().getName(),
                container.getDefaultAsyncSendTimeout(),
                container.getDefaultMaxSessionIdleTimeout(),
                container.getDefaultMaxBinaryMessageBufferSize(),
                container.getDefaultMaxTextMessageBufferSize())
            .toString());
  }

  private static String identity(Object object) {
    return object == null
        ? "none"
        : object.getClass().getName() + "@" + System.identityHashCode(object);
  }
}
