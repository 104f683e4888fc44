package dev.culvert.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@link VertxProxy} in a JVM of its own.
 *
 * @param libraries directory of the jars of Vert.x
 * @param options of the JVM; none = the JVM's defaults
 */
record OnVertx(Path libraries, List<String> options) implements Contestant {

  @Override
  public String name() {
    return "vertx";
  }

  @Override
  public Role role() {
    return Role.JVM_PEER;
  }

  @Override
  public Optional<String> missing() {
    return Files.isDirectory(libraries)
        ? Optional.empty()
        : Optional.of("not built: " + libraries.getFileName());
  }

  @Override
  public Running start(int upstreamPort, Path directory) throws IOException {
    int port = Server.freePort();
    List<String> command = new ArrayList<>();
    command.add(Jdk.tool("java"));
    command.addAll(options);
    String jars = libraries.toAbsolutePath().resolve("*").toString();
    command.addAll(List.of("-cp", ChildJvm.home(VertxProxy.class) + ":" + jars));
    command.add(VertxProxy.class.getName());
    command.addAll(List.of(Integer.toString(port), Integer.toString(upstreamPort)));
    Child child = Child.start(directory, Map.of(), command);
    return Server.awaitReady(child, Listener.plain(port), Readiness.REQUEST, true);
  }
}
