package dev.culvert.bench;

import dev.culvert.testkit.War;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a server has at its root. */
interface Application {

  /** Idle connections to the upstream that proxies of ordinary requests may keep. */
  int KEPT_CONNECTIONS = 256;

  /** Returns the file that has to be there before the run. */
  Path needs();

  /** Returns what is not there of that and the server; empty when all is. */
  default Optional<String> missing(Path server) {
    return Stream.of(server, needs())
        .filter(Files::notExists)
        .map(file -> "not built: " + file.getFileName())
        .findFirst();
  }

  /** Returns the WAR file, perhaps made in the directory. */
  Path in(Path directory) throws IOException;

  /** Returns how it shows that it has started. */
  Readiness readiness();

  /** Returns the system properties that configure it, as options of a JVM. */
  List<String> options(int upstreamPort);

  /**
   * The built WAR with one route.
   *
   * @param mode of the route
   */
  record Culvert(Path needs, String mode) implements Application {

    private static final String HTTP = "http";

    @Override
    public Path in(Path directory) {
      return needs;
    }

    @Override
    public Readiness readiness() {
      return mode.equals(HTTP) ? Readiness.REQUEST : Readiness.STREAM;
    }

    @Override
    public List<String> options(int upstreamPort) {
      return List.of(
          "-Dculvert.transport.max-idle=" + KEPT_CONNECTIONS,
          "-Dculvert.transport.max-idle-per-host=" + KEPT_CONNECTIONS,
          "-Dculvert.upstreams.echo.url=http://127.0.0.1:" + upstreamPort,
          "-Dculvert.routes.echo.path=/*",
          "-Dculvert.routes.echo.mode=" + mode,
          "-Dculvert.routes.echo.upstreams=echo",
          "-Dculvert.routes.echo.origins=*");
    }
  }

  /**
   * A WebSocket endpoint that echoes, without an upstream.
   *
   * @param needs the server itself
   */
  record Endpoint(Path needs) implements Application {

    @Override
    public Path in(Path directory) {
      return War.empty().withClasses(EchoEndpoint.class).packed(directory.resolve("endpoint.war"));
    }

    @Override
    public Readiness readiness() {
      return Readiness.STREAM;
    }

    @Override
    public List<String> options(int upstreamPort) {
      return List.of();
    }
  }
}
