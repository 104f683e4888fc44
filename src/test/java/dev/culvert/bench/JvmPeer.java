package dev.culvert.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A proxy in a JVM of its own, with libraries of its own.
 *
 * @param libraries directory of its jars
 * @param classes more of its class path, before the jars
 * @param main told the port to listen on, the upstream's port, and how many connections it may keep
 * @param options of the JVM; none = the JVM's defaults
 */
record JvmPeer(String name, Path libraries, List<String> classes, String main, List<String> options)
    implements Contestant {

  /** Returns {@link VertxProxy}, which is compiled with the tests. */
  static JvmPeer vertx(BenchSettings settings) {
    return new JvmPeer(
        "vertx",
        settings.vertx(),
        List.of(ChildJvm.home(VertxProxy.class)),
        VertxProxy.class.getName(),
        settings.jvm());
  }

  /** Returns the project {@code src/bench/spring-gateway}, whose jar is among the libraries. */
  static JvmPeer springGateway(BenchSettings settings) {
    return new JvmPeer(
        "spring-gateway",
        settings.springGateway(),
        List.of(),
        "dev.culvert.bench.spring.SpringGateway",
        settings.jvm());
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
    command.addAll(List.of("-cp", classPath(), main));
    command.add(Integer.toString(port));
    command.add(Integer.toString(upstreamPort));
    command.add(Integer.toString(Application.KEPT_CONNECTIONS));
    Child child = Child.start(directory, Map.of(), command);
    return Server.awaitReady(child, Listener.plain(port), Readiness.REQUEST, true);
  }

  private String classPath() {
    List<String> entries = new ArrayList<>(classes);
    entries.add(libraries.toAbsolutePath().resolve("*").toString());
    return String.join(File.pathSeparator, entries);
  }
}
