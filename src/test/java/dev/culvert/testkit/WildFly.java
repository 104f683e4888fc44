package dev.culvert.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.management.remote.JMXConnector;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** WildFly as it is shipped, with {@code standalone.xml} unless its options say otherwise. */
public final class WildFly extends ForkedServer {

  private static final Duration BOOT_LIMIT = Duration.ofSeconds(90);
  private static final long CLI_SECONDS = 120;

  private final WildFlyInstance instance;
  private final WildFlyManagement management;

  private WildFly(
      ServerProcess process,
      JMXConnector connector,
      WildFlyInstance instance,
      WildFlyManagement management)
      throws IOException {
    super(process, connector);
    this.instance = instance;
    this.management = management;
  }

  /**
   * Starts a server and waits until it is up, at most 90 s.
   *
   * @throws IllegalStateException when it does not come up; the message ends with its log
   */
  public static WildFly start(ServerOptions options) {
    try {
      return start(options, WildFlyInstance.create());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /**
   * Starts a server with a key store for its https listener.
   *
   * @param keyStore with an entry {@code server} and the password {@code password}, as its
   *     configuration names them
   */
  static WildFly start(ServerOptions options, Path keyStore) throws IOException {
    WildFlyInstance instance = WildFlyInstance.create();
    Files.copy(keyStore, instance.keyStore());
    return start(options, instance);
  }

  private static WildFly start(ServerOptions options, WildFlyInstance instance) {
    try {
      ServerProcess process =
          ServerProcess.start(
              "WildFly",
              instance.command(options),
              options.environment(),
              instance.home(),
              instance.log());
      try {
        WildFlyManagement management = instance.management();
        awaitRunning(process, management);
        loadAgent(process.pid(), instance.agent());
        String address = process.awaitReady(BOOT_LIMIT);
        return new WildFly(process, LoopbackJmx.connect(address), instance, management);
      } catch (RuntimeException | IOException failed) {
        process.kill();
        throw failed;
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static void awaitRunning(ServerProcess process, WildFlyManagement management) {
    try {
      Awaitility.await("WildFly")
          .atMost(BOOT_LIMIT)
          .pollInterval(Duration.ofMillis(200))
          .until(() -> !process.isAlive() || management.isRunning());
    } catch (ConditionTimeoutException slow) {
      throw process.failed("not up: after " + BOOT_LIMIT.toSeconds() + " s", slow);
    }
    if (!process.isAlive()) {
      throw process.failed("not up: it ended", null);
    }
  }

  private static void loadAgent(long pid, Path agent) throws IOException {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
      try {
        machine.loadAgent(agent.toString());
      } finally {
        machine.detach();
      }
    } catch (AttachNotSupportedException | AgentLoadException | AgentInitializationException e) {
      throw new IllegalStateException("agent not loaded into WildFly", e);
    }
  }

  /** The flags of the JVM that {@code standalone.sh} sets. */
  public static List<String> moduleFlags() {
    return WildFlyInstance.MODULE_FLAGS;
  }

  @Override
  public int port() {
    return instance.httpPort();
  }

  /** The directory that the deployment scanner watches. */
  public Path scanned() {
    return instance.deployments();
  }

  /**
   * Executes an operation of the management API.
   *
   * @param address for example {@code /subsystem=undertow/server=default-server}
   * @param parameters strings, booleans, lists and maps
   * @return the answer, as JSON
   * @throws IllegalStateException when it fails, with the reason
   */
  public String manage(String address, String operation, Map<String, ?> parameters)
      throws IOException {
    return management.execute(address, operation, parameters);
  }

  /** Reloads the server and waits until it is up again. */
  public void reload() throws IOException {
    int mark = log().mark();
    manage("", "reload", Map.of());
    log().await(mark, "WFLYSRV0025", BOOT_LIMIT);
    Awaitility.await("WildFly").atMost(BOOT_LIMIT).until(management::isRunning);
  }

  /**
   * Runs a command of {@code jboss-cli.sh}.
   *
   * @throws IllegalStateException when it fails, with what it said
   */
  public void cli(String command) throws IOException, InterruptedException {
    runCli("--command=" + command);
  }

  /**
   * Runs a script of {@code jboss-cli.sh}, in the directory of the test.
   *
   * @throws IllegalStateException when it fails, with what it said
   */
  public void cli(Path script) throws IOException, InterruptedException {
    runCli("--file=" + script);
  }

  private void runCli(String argument) throws IOException, InterruptedException {
    Path said = instance.home().resolve("cli.txt");
    List<String> line = new ArrayList<>(instance.cli());
    line.add(argument);
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(said.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("JAVA_OPTS", "-XX:TieredStopAtLevel=1"); // it runs for a second
    Process process = builder.start();
    boolean ended = process.waitFor(CLI_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    if (!ended || process.exitValue() != 0) {
      throw new IllegalStateException(argument + "\n" + Files.readString(said, UTF_8));
    }
  }

  /** The directory of the server's configuration. */
  public Path configuration() {
    return instance.deployments().resolveSibling("configuration");
  }

  @Override
  Optional<String> tryDeploy(Path war, String name, String contextRoot) throws IOException {
    String runtimeName = contextRoot.equals("/") ? "ROOT" : contextRoot.substring(1);
    Map<String, ?> content =
        Map.of("path", war.toAbsolutePath().toString(), "archive", !Files.isDirectory(war));
    Map<String, ?> parameters =
        Map.of(
            "content", List.of(content), "runtime-name", runtimeName + ".war", "enabled", "true");
    try {
      manage("/deployment=" + name, "add", parameters);
      return Optional.empty();
    } catch (IllegalStateException refused) {
      return Optional.of(refused.getMessage());
    }
  }

  @Override
  void tryUndeploy(String name) throws IOException {
    if (management.hasDeployment(name)) {
      manage("/deployment=" + name, "remove", Map.of());
    }
  }
}
