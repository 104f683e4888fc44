package dev.culvert.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.management.remote.JMXConnector;
import org.awaitility.Awaitility;

/** Tomcat as it is shipped, with one connector and no application of its own. */
public final class Tomcat extends ForkedServer {

  private static final Duration BOOT_LIMIT = Duration.ofSeconds(60);

  private final TomcatInstance instance;
  private final TomcatControlMXBean control;

  /** Context paths by names of deployments. */
  private final Map<String, String> contexts = new ConcurrentHashMap<>();

  private Tomcat(ServerProcess process, JMXConnector connector, TomcatInstance instance)
      throws IOException {
    super(process, connector);
    this.instance = instance;
    this.control = jvm().mxBean(ServerControlMXBean.OBJECT_NAME, TomcatControlMXBean.class);
  }

  /**
   * Starts a server and waits until it is up, at most 60 s.
   *
   * @param distribution the unpacked distribution
   * @throws IllegalStateException when it does not come up; the message ends with its log
   */
  static Tomcat start(Path distribution, ServerOptions options) {
    try {
      TomcatInstance instance = TomcatInstance.create(distribution);
      ServerProcess process =
          ServerProcess.start(
              "Tomcat",
              instance.command(options),
              options.environment(),
              instance.home(),
              instance.home().resolve("server.log"));
      try {
        String address = process.awaitReady(BOOT_LIMIT);
        Tomcat server = new Tomcat(process, LoopbackJmx.connect(address), instance);
        Awaitility.await("Tomcat").atMost(BOOT_LIMIT).until(server.control::isStarted);
        return server;
      } catch (RuntimeException | IOException failed) {
        process.kill();
        throw failed;
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public int port() {
    return instance.port();
  }

  @Override
  Optional<String> tryDeploy(Path war, String name, String contextRoot) throws IOException {
    String context = contextRoot.equals("/") ? "" : contextRoot;
    instance.place(war, context);
    contexts.put(name, context);
    if (control.deploy(context)) {
      return Optional.empty();
    }
    tryUndeploy(name);
    return Optional.of("see the log");
  }

  @Override
  void tryUndeploy(String name) throws IOException {
    String context = contexts.remove(name);
    if (context != null) {
      control.undeploy(context);
      instance.remove(context);
    }
  }
}
