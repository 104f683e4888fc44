package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.ResponseCache;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.Test;

/** What others in the same JVM use is not touched. */
class IsolationTest {

  /** All that is the JVM's, at one moment. */
  private record Defaults(Properties properties, List<Object> objects) {

    static Defaults now() throws Exception {
      Properties copy = new Properties();
      copy.putAll(System.getProperties());
      return new Defaults(
          copy,
          Arrays.asList(
              ProxySelector.getDefault(),
              SSLContext.getDefault(),
              HttpsURLConnection.getDefaultSSLSocketFactory(),
              HttpsURLConnection.getDefaultHostnameVerifier(),
              CookieHandler.getDefault(),
              ResponseCache.getDefault(),
              Authenticator.getDefault(),
              Thread.getDefaultUncaughtExceptionHandler()));
    }
  }

  /** All of the transport and of the library, as in a deployment of its own. */
  @Test
  void loading_the_classes_changes_nothing() throws Exception {
    PoolingAsyncClientConnectionManager other = new PoolingAsyncClientConnectionManager();
    int total = other.getMaxTotal();
    Defaults before = Defaults.now();

    try (URLClassLoader deployment =
        new URLClassLoader(
            new URL[] {
              location(Transport.class), location(other.getClass()), location(Timeout.class)
            },
            new Without(IsolationTest.class.getClassLoader(), "org.apache.hc.", "dev.culvert."))) {
      int loaded = 0;
      Path classes = Path.of(location(Transport.class).toURI());
      try (Stream<Path> files = Files.list(classes.resolve("dev/culvert/http"))) {
        for (Path file : files.toList()) {
          String name = file.getFileName().toString();
          if (name.endsWith(".class") && !name.startsWith("package-info")) {
            Class<?> type =
                Class.forName("dev.culvert.http." + name.replace(".class", ""), true, deployment);
            assertThat(type.getClassLoader()).isSameAs(deployment);
            loaded++;
          }
        }
      }
      assertThat(loaded).isGreaterThan(20);
    }

    assertThat(Defaults.now()).isEqualTo(before);
    assertThat(other.getMaxTotal()).isEqualTo(total);
  }

  /** Whatever ran before in this JVM. */
  @Test
  void no_default_has_been_set() throws Exception {
    try (TransportRig rig = new TransportRig();
        Transport transport = TransportRig.transport()) {
      assertThat(rig.ask(transport, "/hello").text()).isEqualTo("hello");
    }

    assertThat(System.getProperties().stringPropertyNames())
        .doesNotContain("http.maxConnections", "http.keepAlive", "http.agent")
        .noneMatch(name -> name.startsWith("jdk.httpclient."));
    assertThat(ProxySelector.getDefault().getClass().getModule())
        .isSameAs(Object.class.getModule());
    assertThat(CookieHandler.getDefault()).isNull();
    assertThat(Authenticator.getDefault()).isNull();
  }

  private static URL location(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation();
  }

  /** The classes of a parent without some packages. */
  private static final class Without extends ClassLoader {
    private final String[] packages;

    Without(ClassLoader parent, String... packages) {
      super(parent);
      this.packages = packages;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      for (String prefix : packages) {
        if (name.startsWith(prefix)) {
          throw new ClassNotFoundException(name);
        }
      }
      return super.loadClass(name, resolve);
    }
  }

  @Test
  void the_jvms_defaults_and_other_clients_stay_as_they_are() throws Exception {
    PoolingAsyncClientConnectionManager other = new PoolingAsyncClientConnectionManager();
    int total = other.getMaxTotal();
    int ofRoute = other.getDefaultMaxPerRoute();
    Defaults before = Defaults.now();

    try (TransportRig rig = new TransportRig();
        Transport transport = TransportRig.transport()) {
      assertThat(rig.ask(transport, "/hello").text()).isEqualTo("hello");
      assertThat(Defaults.now()).isEqualTo(before);
    }

    assertThat(Defaults.now()).isEqualTo(before);
    assertThat(other.getMaxTotal()).isEqualTo(total);
    assertThat(other.getDefaultMaxPerRoute()).isEqualTo(ofRoute);
    assertThat(new PoolingAsyncClientConnectionManager().getMaxTotal()).isEqualTo(total);
  }
}
