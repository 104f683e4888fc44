package dev.culvert.http;

import dev.culvert.config.ForwardProxy;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.ContextBuilder;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;

/**
 * A client with connections of its own, and threads.
 *
 * @param connections of this client
 * @param proxy through which it goes
 */
record SharedClient(
    CloseableHttpAsyncClient client, LimitedConnections connections, Optional<ForwardProxy> proxy) {

  /**
   * What the client is to know of one request; the proxy is shown its login without being asked.
   */
  HttpClientContext context() {
    ContextBuilder context = ContextBuilder.create();
    proxy.ifPresent(
        forward ->
            forward
                .login()
                .ifPresent(
                    login ->
                        context.preemptiveBasicAuth(
                            host(forward),
                            new UsernamePasswordCredentials(
                                login.user(), login.password().toCharArray()))));
    return context.build();
  }

  static HttpHost host(ForwardProxy proxy) {
    String host = proxy.host();
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    return new HttpHost(
        "http", bracketed ? host.substring(1, host.length() - 1) : host, proxy.port());
  }

  /** Closes idle connections; those in use when their exchanges end. */
  void retire() {
    connections.retire();
  }

  /** Closes all connections, and has the threads end. Does not wait. */
  void initiateShutdown() {
    connections.close(CloseMode.IMMEDIATE);
    client.initiateShutdown(); // what is closed under a selector at work is logged as a fault
  }

  /**
   * Waits for the threads to end.
   *
   * @param nanos at most
   */
  void awaitShutdown(long nanos) {
    if (nanos <= 0) {
      return; // the library would wait for ever
    }
    try {
      client.awaitShutdown(TimeValue.of(nanos, TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Cuts off what is left of it. */
  void close() {
    client.close(CloseMode.IMMEDIATE);
  }
}
