package dev.culvert.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The WAR on Payara Micro, as an operator would run it.
 *
 * @param micro Payara Micro's jar
 * @param war the application
 * @param options of the JVM; none = the JVM's defaults
 */
record CulvertOnPayara(Path micro, Path war, List<String> options) implements Contestant {

  private static final String LISTENER =
      "configs.config.server-config.network-config.network-listeners.network-listener"
          + ".http-listener.address=127.0.0.1";

  @Override
  public String name() {
    return "culvert";
  }

  @Override
  public Role role() {
    return Role.SUBJECT;
  }

  @Override
  public Optional<String> missing() {
    return List.of(micro, war).stream()
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
    command.add("-Dculvert.upstreams.echo.url=http://127.0.0.1:" + upstreamPort);
    command.add("-Dculvert.routes.echo.path=/*");
    command.add("-Dculvert.routes.echo.upstreams=echo");
    command.add("-Dculvert.routes.echo.origins=*");
    command.addAll(List.of("-jar", micro.toAbsolutePath().toString()));
    // Not with --nocluster: together they leave Hazelcast on, listening on every interface.
    command.addAll(List.of("--nohazelcast", "--disablephonehome"));
    command.addAll(List.of("--prebootcommandfile", boot.toAbsolutePath().toString()));
    command.addAll(List.of("--port", Integer.toString(port)));
    command.addAll(List.of("--deploy", war.toAbsolutePath().toString(), "--contextroot", "ROOT"));
    return Server.awaitReady(Child.start(directory, Map.of(), command), port, true);
  }
}
