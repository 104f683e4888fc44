package dev.culvert.http;

import org.apache.hc.client5.http.EndpointInfo;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.nio.AsyncConnectionEndpoint;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.http.nio.AsyncPushConsumer;
import org.apache.hc.core5.http.nio.HandlerFactory;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;

/** A leased connection that knows its route, and whether it was there before. */
final class LimitedEndpoint extends AsyncConnectionEndpoint {

  private final AsyncConnectionEndpoint endpoint;
  private final HttpRoute route;
  private final boolean kept;

  /**
   * @param kept whether it is connected already
   */
  LimitedEndpoint(AsyncConnectionEndpoint endpoint, HttpRoute route, boolean kept) {
    this.endpoint = endpoint;
    this.route = route;
    this.kept = kept;
  }

  /** As the pool made it. */
  AsyncConnectionEndpoint pooled() {
    return endpoint;
  }

  HttpRoute route() {
    return route;
  }

  @Override
  public void execute(
      String id,
      AsyncClientExchangeHandler exchangeHandler,
      HandlerFactory<AsyncPushConsumer> pushHandlerFactory,
      HttpContext context) {
    if (kept) {
      Connected.kept(context);
    }
    endpoint.execute(id, exchangeHandler, pushHandlerFactory, context);
  }

  @Override
  public boolean isConnected() {
    return endpoint.isConnected();
  }

  @Override
  public void setSocketTimeout(Timeout timeout) {
    endpoint.setSocketTimeout(timeout);
  }

  @Override
  public void close(CloseMode closeMode) {
    endpoint.close(closeMode);
  }

  @Override
  public EndpointInfo getInfo() {
    return endpoint.getInfo();
  }
}
