package dev.culvert.route;

import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.CDI;
import java.util.Optional;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;

/** The HTTP client that a deployer may put in the place of the gateway's own, as a CDI bean. */
final class SuppliedClient {

  private SuppliedClient() {}

  /**
   * Finds it. The bean must not have a normal scope, since its class cannot be proxied; {@code
   * Dependent} and {@code Singleton} do. It is started and closed by whoever made it.
   *
   * @return empty when there is none, or no CDI
   * @throws IllegalStateException when there are several
   */
  static Optional<CloseableHttpAsyncClient> find() {
    Instance<CloseableHttpAsyncClient> beans;
    try {
      beans = CDI.current().select(CloseableHttpAsyncClient.class);
    } catch (LinkageError | IllegalStateException e) {
      return Optional.empty(); // a server without CDI
    }
    if (beans.isAmbiguous()) {
      throw new IllegalStateException("several beans of type CloseableHttpAsyncClient");
    }
    return beans.isResolvable() ? Optional.of(beans.get()) : Optional.empty();
  }
}
