package dev.culvert.it.payaraserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.culvert.testkit.FreePort;
import dev.culvert.testkit.WorkDirectory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A domain of its own on a Payara Server, on free ports of the loopback address. */
final class PayaraServer {

  private static final String DOMAIN = "domain1";
  private static final long LIMIT_SECONDS = 120;

  /** Listeners, up to the template for further instances, which begins with variables. */
  private static final Pattern PORT = Pattern.compile(" port=\"(\\d+)\"");

  private final Path home;
  private final Path domains;
  private final int adminPort;
  private final int httpPort;

  private PayaraServer(Path home, Path domains, int adminPort, int httpPort) {
    this.home = home;
    this.domains = domains;
    this.adminPort = adminPort;
    this.httpPort = httpPort;
  }

  /**
   * Copies the installation's domain, gives it free ports and starts it.
   *
   * @param home of the installation, which is not changed
   */
  static PayaraServer start(Path home) throws IOException, InterruptedException {
    Path domains = WorkDirectory.create("payara-server");
    Path config = domains.resolve(DOMAIN).resolve("config");
    copy(home.resolve("glassfish/domains").resolve(DOMAIN), domains.resolve(DOMAIN));
    Path file = config.resolve("domain.xml");
    int adminPort = FreePort.find();
    int httpPort = FreePort.find();
    Files.writeString(file, onLoopback(Files.readString(file), adminPort, httpPort));
    PayaraServer server = new PayaraServer(home, domains, adminPort, httpPort);
    server.asadmin("start-domain", "--domaindir", domains.toString(), DOMAIN);
    return server;
  }

  private static String onLoopback(String domain, int adminPort, int httpPort) throws IOException {
    String local =
        domain
            .replace("address=\"0.0.0.0\"", "address=\"127.0.0.1\"")
            .replace("<network-listener port=", "<network-listener address=\"127.0.0.1\" port=")
            .replace(
                "<hazelcast-config-specific-configuration>",
                "<hazelcast-config-specific-configuration enabled=\"false\">");
    Matcher ports = PORT.matcher(local);
    StringBuilder moved = new StringBuilder();
    while (ports.find()) {
      int port =
          switch (ports.group(1)) {
            case "4848" -> adminPort;
            case "8080" -> httpPort;
            default -> FreePort.find();
          };
      ports.appendReplacement(moved, " port=\"" + port + "\"");
    }
    return ports.appendTail(moved).toString();
  }

  /** The HTTP address of a path, with a slash in front. */
  URI http(String path) {
    return URI.create("http://127.0.0.1:" + httpPort + path);
  }

  /** The WebSocket address of a path, with a slash in front. */
  URI ws(String path) {
    return URI.create("ws" + http(path).toString().substring("http".length()));
  }

  /** The domain's configuration. */
  String configuration() throws IOException {
    return Files.readString(domains.resolve(DOMAIN).resolve("config/domain.xml"), UTF_8);
  }

  /**
   * Runs a command of the administrator.
   *
   * @throws IllegalStateException when it fails, with what it said
   */
  void asadmin(String... command) throws IOException, InterruptedException {
    Path said = Files.createTempFile(domains, "asadmin", ".txt");
    List<String> line = new ArrayList<>();
    line.add(home.resolve("bin/asadmin").toString());
    line.addAll(List.of("--interactive=false", "--port", Integer.toString(adminPort)));
    line.addAll(List.of(command));
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(said.toFile());
    builder.environment().put("AS_JAVA", System.getProperty("java.home"));
    Process process = builder.start();
    boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    if (!ended || process.exitValue() != 0) {
      throw new IllegalStateException(
          "asadmin " + String.join(" ", command) + "\n" + Files.readString(said, UTF_8));
    }
  }

  /** Everything the server has logged. */
  String log() throws IOException {
    return Files.readString(domains.resolve(DOMAIN).resolve("logs/server.log"), UTF_8);
  }

  /** Ends the domain. */
  void stop() throws IOException, InterruptedException {
    asadmin("stop-domain", "--kill", "true", "--domaindir", domains.toString(), DOMAIN);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> tree = Files.walk(from)) {
      for (Path path : tree.toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target);
        }
      }
    }
  }
}
