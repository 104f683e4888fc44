package dev.culvert.inside;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;

/** What a deployer puts into a jar beside the gateway: a client of his own, with limits. */
@Dependent
@Alternative
@Priority(1)
public class SuppliedClients {

  static final String USER_AGENT = "supplied/1";
  static final int MAX_TOTAL = 7;
  static final int MAX_PER_ROUTE = 1;

  /** That of the client; the tests look at it. */
  static final PoolingAsyncClientConnectionManager POOL = new PoolingAsyncClientConnectionManager();

  @Produces
  @Singleton
  CloseableHttpAsyncClient client() {
    POOL.setMaxTotal(MAX_TOTAL);
    POOL.setDefaultMaxPerRoute(MAX_PER_ROUTE);
    CloseableHttpAsyncClient client =
        HttpAsyncClients.custom().setConnectionManager(POOL).setUserAgent(USER_AGENT).build();
    client.start();
    return client;
  }

  void close(@Disposes CloseableHttpAsyncClient client) throws IOException {
    client.close();
  }
}
