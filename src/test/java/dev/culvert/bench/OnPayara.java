package dev.culvert.bench;

import dev.culvert.testkit.War;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An application on Payara Micro, as an operator would run it.
 *
 * @param name in the table
 * @param micro Payara Micro's jar
 * @param application what is deployed
 * @param options of the JVM; none = the JVM's defaults
 * @param mode of the route to the upstream; empty for an application that needs none
 */
record OnPayara(
    String name, Path micro, Application application, List<String> options, Optional<String> mode)
    implements Contestant {

  /** Where the application comes from. */
  interface Application {
    /** The file that has to be there before the run. */
    Path needs();

    /** The WAR file, perhaps made in the directory. */
    Path in(Path directory) throws IOException;
  }

  private record Built(Path needs) implements Application {
    @Override
    public Path in(Path directory) {
      return needs;
    }
  }

  private record Packed(Path needs, Class<?> endpoint) implements Application {
    @Override
    public Path in(Path directory) throws IOException {
      return War.empty().withClasses(endpoint).packed(directory.resolve("endpoint.war"));
    }
  }

  private static final String LISTENER =
      "configs.config.server-config.network-config.network-listeners.network-listener"
          + ".http-listener.address=127.0.0.1";

  /** The WAR, in tunnel mode. */
  static OnPayara culvert(Path micro, Path war, List<String> options) {
    return new OnPayara("culvert", micro, new Built(war), options, Optional.of("tunnel"));
  }

  /** The WAR, in relay mode. */
  static OnPayara relay(Path micro, Path war, List<String> options) {
    return new OnPayara("culvert-relay", micro, new Built(war), options, Optional.of("relay"));
  }

  /** A WebSocket endpoint of its own that echoes, without an upstream; Payara as shipped. */
  static OnPayara endpoint(Path micro, List<String> options) {
    return new OnPayara(
        "payara-endpoint", micro, new Packed(micro, EchoEndpoint.class), options, Optional.empty());
  }

  @Override
  public Role role() {
    return Role.SUBJECT;
  }

  @Override
  public Optional<String> missing() {
    return List.of(micro, application.needs()).stream()
        .filter(Files::notExists)
        .map(file -> "not built: " + file.getFileName())
        .findFirst();
  }

  @Override
  public Running start(int upstreamPort, Path directory) throws IOException {
    int port = Server.freePort();
    Path temporary = Files.createDirectories(directory.resolve("tmp"));
    Path boot = Files.writeString(directory.resolve("preboot.txt"), "set " + LISTENER + "\n");
    List<String> command = new ArrayList<>();
    command.add(Jdk.tool("java"));
    command.addAll(options);
    command.add("-Djava.io.tmpdir=" + temporary.toAbsolutePath());
    mode.ifPresent(
        given -> {
          command.add("-Dculvert.upstreams.echo.url=http://127.0.0.1:" + upstreamPort);
          command.add("-Dculvert.routes.echo.path=/*");
          command.add("-Dculvert.routes.echo.mode=" + given);
          command.add("-Dculvert.routes.echo.upstreams=echo");
          command.add("-Dculvert.routes.echo.origins=*");
        });
    command.addAll(List.of("-jar", micro.toAbsolutePath().toString()));
    // Not with --nocluster: together they leave Hazelcast on, listening on every interface.
    command.addAll(List.of("--nohazelcast", "--disablephonehome"));
    command.addAll(List.of("--prebootcommandfile", boot.toAbsolutePath().toString()));
    command.addAll(List.of("--port", Integer.toString(port)));
    Path deployed = application.in(directory).toAbsolutePath();
    command.addAll(List.of("--deploy", deployed.toString(), "--contextroot", "ROOT"));
    return Server.awaitReady(Child.start(directory, Map.of(), command), port, true);
  }
}
