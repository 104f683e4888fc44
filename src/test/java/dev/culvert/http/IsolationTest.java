package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.ResponseCache;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
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
