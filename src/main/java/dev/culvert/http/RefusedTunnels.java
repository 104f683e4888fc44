package dev.culvert.http;

import java.io.IOException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncDataConsumer;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * What a proxy answers in place of a tunnel would be given out for the upstream's answer
 * (HttpClient 5.6, {@code AsyncConnectExec}). It is a connection that failed.
 */
final class RefusedTunnels implements AsyncExecChainHandler {

  @Override
  public void execute(
      HttpRequest request,
      AsyncEntityProducer entity,
      AsyncExecChain.Scope scope,
      AsyncExecChain chain,
      AsyncExecCallback callback)
      throws HttpException, IOException {
    HttpRoute route = scope.route;
    AsyncExecCallback told =
        route.isTunnelled()
            ? new Guard(callback, scope.clientContext, route.getProxyHost().toHostString())
            : callback;
    chain.proceed(request, entity, scope, told);
  }

  private record Guard(AsyncExecCallback callback, HttpContext context, String proxy)
      implements AsyncExecCallback {

    @Override
    public AsyncDataConsumer handleResponse(HttpResponse response, EntityDetails entity)
        throws HttpException, IOException {
      if (!Connected.isTold(context)) {
        throw new IOException(
            "through proxy "
                + proxy
                + ": the proxy answered "
                + response.getCode()
                + " (expected: 2xx)");
      }
      return callback.handleResponse(response, entity);
    }

    @Override
    public void handleInformationResponse(HttpResponse response) throws HttpException, IOException {
      callback.handleInformationResponse(response);
    }

    @Override
    public void completed() {
      callback.completed();
    }

    @Override
    public void failed(Exception cause) {
      callback.failed(cause);
    }
  }
}
