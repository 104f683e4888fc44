package dev.culvert.bench;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.httpproxy.HttpProxy;

/**
 * The reverse proxy of Vert.x as its documentation builds it: one instance with a client of its own
 * on each event loop, as many of them as processors.
 */
final class VertxProxy extends VerticleBase {

  private static final String LOOPBACK = "127.0.0.1";

  private final int port;
  private final int upstreamPort;
  private final int kept;

  private VertxProxy(int port, int upstreamPort, int kept) {
    this.port = port;
    this.upstreamPort = upstreamPort;
    this.kept = kept;
  }

  /**
   * Runs until it is killed.
   *
   * @param args the port to listen on, the upstream's, both on loopback, and how many connections
   *     to the upstream each instance may have
   */
  public static void main(String[] args) {
    int port = Integer.parseInt(args[0]);
    int upstreamPort = Integer.parseInt(args[1]);
    int kept = Integer.parseInt(args[2]);
    int loops = Runtime.getRuntime().availableProcessors();
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops).setPreferNativeTransport(true));
    vertx
        .deployVerticle(
            () -> new VertxProxy(port, upstreamPort, kept),
            new DeploymentOptions().setInstances(loops))
        .onFailure(
            cause -> {
              cause.printStackTrace();
              vertx.close();
            });
  }

  @Override
  public Future<?> start() {
    PoolOptions pool = new PoolOptions().setHttp1MaxSize(kept);
    HttpProxy proxy =
        HttpProxy.reverseProxy(vertx.createHttpClient(new HttpClientOptions(), pool))
            .origin(upstreamPort, LOOPBACK);
    return vertx.createHttpServer().requestHandler(proxy).listen(port, LOOPBACK);
  }
}
