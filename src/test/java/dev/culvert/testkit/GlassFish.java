package dev.culvert.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.management.remote.JMXConnector;

/** GlassFish, embedded in a JVM of its own; its class path holds GlassFish and the launcher. */
final class GlassFish extends ForkedServer {

  private static final Duration BOOT_LIMIT = Duration.ofSeconds(90);

  private final GlassFishControlMXBean control;
  private final int port;

  private GlassFish(ServerProcess process, JMXConnector connector, int port) throws IOException {
    super(process, connector);
    this.control = jvm().mxBean(ServerControlMXBean.OBJECT_NAME, GlassFishControlMXBean.class);
    this.port = port;
  }

  /**
   * Starts a server and waits until it is up, at most 90 s.
   *
   * @throws IllegalStateException when it does not come up; the message ends with its log
   */
  static GlassFish start(ServerOptions options) {
    try {
      int port = FreePort.find();
      Path home = WorkDirectory.create("glassfish");
      ServerProcess process =
          ServerProcess.start(
              "GlassFish",
              command(options, home, port),
              options.environment(),
              home,
              home.resolve("server.log"));
      try {
        String address = process.awaitReady(BOOT_LIMIT);
        return new GlassFish(process, LoopbackJmx.connect(address), port);
      } catch (RuntimeException | IOException failed) {
        process.kill();
        throw failed;
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static List<String> command(ServerOptions options, Path home, int port)
      throws IOException {
    Path glassFish = Path.of(WorkDirectory.required("culvert.glassfish"));
    List<String> command =
        LauncherCommand.of(
            options,
            home,
            glassFish,
            GlassFishLauncher.class,
            GlassFishControl.class,
            GlassFishControlMXBean.class,
            EmbeddedGlassFish.class);
    command.add(Integer.toString(port));
    command.addAll(options.arguments());
    return command;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  Optional<String> tryDeploy(Path war, String name, String contextRoot) {
    String refusal = control.deploy(name, contextRoot, war.toString());
    return refusal.isEmpty() ? Optional.empty() : Optional.of(refusal);
  }

  @Override
  void tryUndeploy(String name) {
    control.undeploy(name);
  }
}
