package dev.culvert.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.testkit.War;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Runs Culvert on Payara Micro with an upstream that counts and one that simulates a language
 * model, until Ctrl-C. Each line on standard input (Enter) redeploys the WAR.
 *
 * <p>System properties, set by the build: {@code culvert.war}, {@code culvert.payara-micro}, {@code
 * demo.home} (emptied first); by the user: {@code demo.port}.
 */
public final class Demo {

  /** Path of the stream that lives on; also the name of its route. */
  static final String DETACHED = "detached";

  /** Path of the stream that closes; also the name of its route. */
  static final String CLOSE = "close";

  /** Path of the turns; their route is {@code llm}. */
  static final String TURNS = "v1/responses";

  /** Machines after the address of the model, each with a prompt cache of its own. */
  private static final int BACKENDS = 8;

  private static final Duration TICK = Duration.ofSeconds(1);

  private final PrintStream out;

  private Demo(PrintStream out) {
    this.out = out;
  }

  /** Runs until the server ends; the exit code of the JVM is 1 when it could not run. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    try {
      new Demo(System.out).run();
    } catch (DemoException e) {
      System.err.println("\nThe demo cannot run.\n" + e.getMessage());
      System.exit(1);
    }
  }

  private void run() throws DemoException, IOException, InterruptedException {
    DemoPort port = DemoPort.choose(System.getProperty(DemoPort.PROPERTY, ""));
    Path home = emptied(Path.of(required("demo.home")).toAbsolutePath());
    Path micro = Path.of(required("culvert.payara-micro"));
    Path application = War.culvert().with("index.html", page()).exploded(home.resolve("culvert"));
    try (DemoUpstream upstream = DemoUpstream.start(TICK);
        SimulatedUpstream model =
            SimulatedUpstream.start(SimulatedUpstream.Settings.PLAIN.withBackends(BACKENDS))) {
      out.println("Starting Payara Micro on 127.0.0.1:" + port.number() + " ...");
      DemoServer server =
          DemoServer.start(micro, application, home, port.number(), configuration(upstream, model));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server), "demo-end"));
      server.awaitReady();
      out.println("\n" + Instructions.of(server, port, upstream, model));
      redeployOnEnter(server);
      server.awaitExit();
    }
  }

  private void end(DemoServer server) {
    out.println("\nEnding Payara Micro ...");
    server.stop();
  }

  private static Map<String, String> configuration(DemoUpstream upstream, SimulatedUpstream model) {
    Map<String, String> keys = new TreeMap<>();
    keys.put("culvert.upstreams.demo.url", "ws://127.0.0.1:" + upstream.port());
    keys.put("culvert.stream.logs.level", "INFO");
    keys.put("culvert.upstreams.model.url", "ws://127.0.0.1:" + model.port());
    keys.put("culvert.routes.llm.path", "/" + TURNS);
    keys.put("culvert.routes.llm.mode", "turns");
    keys.put("culvert.routes.llm.upstreams", "model");
    for (String route : List.of(DETACHED, CLOSE)) {
      keys.put("culvert.routes." + route + ".path", "/" + route);
      keys.put("culvert.routes." + route + ".upstreams", "demo");
      keys.put("culvert.routes." + route + ".on-redeploy", route);
    }
    return keys;
  }

  /** Until standard input ends, which leaves the server running. */
  private void redeployOnEnter(DemoServer server)
      throws DemoException, IOException, InterruptedException {
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
    while (input.readLine() != null && server.isAlive()) {
      out.println("Redeploying ...");
      out.println("Redeployed: deployment " + server.redeploy() + " is up.");
    }
  }

  private static String page() throws IOException {
    try (InputStream in = Demo.class.getResourceAsStream("index.html")) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private static Path emptied(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      try (Stream<Path> tree = Files.walk(directory)) {
        for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    return Files.createDirectories(directory);
  }

  private static String required(String property) throws DemoException {
    String value = System.getProperty(property, "");
    if (value.isEmpty()) {
      throw new DemoException(
          "system property " + property + ": missing (expected: start it with mvn -Prun package)");
    }
    return value;
  }
}
