package dev.culvert.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.management.remote.JMXConnector;

/**
 * Payara Micro, without cluster and without calls home. Its class path holds Payara Micro and the
 * launcher.
 */
public final class PayaraMicro extends ForkedServer {

  private static final Duration BOOT_LIMIT = Duration.ofSeconds(90);

  private final PayaraControlMXBean control;
  private final int port;

  private PayaraMicro(ServerProcess process, JMXConnector connector) throws IOException {
    super(process, connector);
    this.control = jvm().mxBean(PayaraControlMXBean.OBJECT_NAME, PayaraControlMXBean.class);
    this.port = control.getHttpPort();
  }

  /** Starts a server on the JDK of the test. */
  public static PayaraMicro start() {
    return start(ServerOptions.DEFAULT);
  }

  /**
   * Starts a server and waits until it is up, at most 90 s.
   *
   * @throws IllegalStateException when it does not come up; the message ends with its log
   */
  public static PayaraMicro start(ServerOptions options) {
    try {
      ServerProcess process = launch(options);
      try {
        String address = process.awaitReady(BOOT_LIMIT);
        PayaraMicro server = new PayaraMicro(process, LoopbackJmx.connect(address));
        server.warmUp();
        return server;
      } catch (RuntimeException | IOException failed) {
        process.kill();
        throw failed;
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static ServerProcess launch(ServerOptions options) throws IOException {
    Path home = WorkDirectory.create("payara");
    return ServerProcess.start(
        "Payara Micro",
        PayaraCommand.line(options, home),
        options.environment(),
        home,
        home.resolve("server.log"));
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  Optional<String> tryDeploy(Path war, String name, String contextRoot) {
    boolean accepted = control.deploy(name, contextRoot, war.toString());
    return accepted ? Optional.empty() : Optional.of("see the log");
  }

  @Override
  void tryUndeploy(String name) {
    control.undeploy(name);
  }

  /**
   * Deploys something that does not matter. Payara keeps its first deployment for good: the thread
   * of its log handler starts then and inherits the context class loader.
   */
  private void warmUp() {
    deploy(War.empty().with("index.html", "").packed(), "warm-up", "/warm-up");
    undeploy("warm-up");
  }
}
