package dev.culvert.it;

import dev.culvert.testkit.SecureServer;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;

/** Clients that speak nothing but HTTP/2: within TLS (ALPN), and without with prior knowledge. */
final class Http2Clients {

  private Http2Clients() {}

  /** Starts one that trusts the listener's certificate. */
  static CloseableHttpAsyncClient start(SecureServer secure) {
    CloseableHttpAsyncClient client =
        HttpAsyncClients.customHttp2()
            .setTlsStrategy(
                ClientTlsStrategyBuilder.create()
                    .setSslContext(secure.clientContext())
                    .buildAsync())
            .disableAutomaticRetries()
            .build();
    client.start();
    return client;
  }
}
