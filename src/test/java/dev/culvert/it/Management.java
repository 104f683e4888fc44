package dev.culvert.it;

import static org.awaitility.Awaitility.await;

import dev.culvert.admin.ProvidersMXBean;
import dev.culvert.boundary.StreamView;
import dev.culvert.host.HostMXBean;
import dev.culvert.host.PoolMXBean;
import dev.culvert.host.StreamsMXBean;
import dev.culvert.http.TransportMXBean;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.TestServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Culvert's management beans in a server under test, as a JMX client sees them. */
final class Management {

  static final String STREAMS = "dev.culvert:type=Streams";
  static final String HOST = "dev.culvert:type=Host";

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final StreamsMXBean streams;
  private final HostMXBean host;

  Management(TestServer server) {
    streams = server.jvm().mxBean(STREAMS, StreamsMXBean.class);
    host = server.jvm().mxBean(HOST, HostMXBean.class);
  }

  StreamsMXBean streams() {
    return streams;
  }

  HostMXBean host() {
    return host;
  }

  /** The pool of an application. */
  static PoolMXBean poolOf(Application application) {
    return beanOf(application, "Pool", PoolMXBean.class);
  }

  /** The upstreams of an application. */
  static ProvidersMXBean providersOf(Application application) {
    return beanOf(application, "Providers", ProvidersMXBean.class);
  }

  /** The connections of an application for ordinary requests. */
  static TransportMXBean transportOf(Application application) {
    return beanOf(application, "Transport", TransportMXBean.class);
  }

  private static <T> T beanOf(Application application, String type, Class<T> bean) {
    return application.server().jvm().mxBean(name(application, type).orElseThrow(), bean);
  }

  /** The name of an application's bean; empty when there is none. */
  static Optional<String> name(Application application, String type) {
    return application.server().jvm().names("dev.culvert:type=" + type + ",*").stream()
        .map(Object::toString)
        .filter(known -> known.contains(application.contextPath() + "\""))
        .findFirst();
  }

  /** The live streams of a route. */
  List<StreamView> list(String route) {
    return streams.list().stream().filter(stream -> stream.route().equals(route)).toList();
  }

  /** Waits for the one live stream of a route. */
  StreamView awaitStream(String route) {
    return await("a stream of " + route)
        .atMost(LIMIT)
        .until(() -> list(route).stream().findFirst(), Optional::isPresent)
        .orElseThrow();
  }

  /** Waits until a route has so many live streams. */
  void awaitStreams(String route, int count) {
    awaitStreams(route, count, LIMIT);
  }

  /** Waits no longer than that until a route has so many live streams. */
  void awaitStreams(String route, int count, Duration limit) {
    await("streams of " + route).atMost(limit).until(() -> list(route).size() == count);
  }

  /** Waits until so many handshakes are under way. */
  void awaitHandshakes(int count) {
    await("handshakes").atMost(LIMIT).until(() -> host.getHandshakes() == count);
  }
}
