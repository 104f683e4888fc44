package dev.culvert.it.payaraserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.culvert.testkit.FreePort;
import dev.culvert.testkit.Identity;
import dev.culvert.testkit.WorkDirectory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/** A domain of its own on a Payara Server, on free ports of the loopback address. */
final class PayaraServer {

  private static final String DOMAIN = "domain1";
  private static final long LIMIT_SECONDS = 120;

  /** Listeners, up to the template for further instances, which begins with variables. */
  private static final Pattern PORT = Pattern.compile(" port=\"(\\d+)\"");

  /** As shipped Payara listens for messages on all addresses, on a port that it makes up. */
  private static final String NO_JMS =
      "<jms-service type=\"DISABLED\" default-jms-host=\"none\">"
          + "<jms-host host=\"localhost\" name=\"none\" port=\"0\"></jms-host></jms-service>";

  private final Path home;
  private final Path domains;
  private final Ports ports;
  private final Map<String, String> environment;

  /** Of {@code http-listener-1} and {@code http-listener-2}, and of the administrator. */
  private record Ports(int http, int https, int admin) {}

  private PayaraServer(Path home, Path domains, Ports ports, Map<String, String> environment) {
    this.home = home;
    this.domains = domains;
    this.ports = ports;
    this.environment = environment;
  }

  /**
   * Copies the installation's domain, gives it free ports and starts it.
   *
   * @param home of the installation, which is not changed
   * @param environment variables in addition to those of the test
   */
  static PayaraServer start(Path home, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path domains = WorkDirectory.create("payara-server");
    Path config = domains.resolve(DOMAIN).resolve("config");
    copy(home.resolve("glassfish/domains").resolve(DOMAIN), domains.resolve(DOMAIN));
    Path file = config.resolve("domain.xml");
    Ports ports = new Ports(FreePort.find(), FreePort.find(), FreePort.find());
    Files.writeString(file, onLoopback(Files.readString(file), ports));
    PayaraServer server = new PayaraServer(home, domains, ports, environment);
    server.asadmin("start-domain", "--domaindir", domains.toString(), DOMAIN);
    return server;
  }

  private static String onLoopback(String domain, Ports ports) throws IOException {
    String local =
        domain
            .replace("address=\"0.0.0.0\"", "address=\"127.0.0.1\"")
            .replace("<network-listener port=", "<network-listener address=\"127.0.0.1\" port=")
            .replace(
                "<hazelcast-config-specific-configuration>",
                "<hazelcast-config-specific-configuration enabled=\"false\">")
            .replace("<config name=\"server-config\">", "<config name=\"server-config\">" + NO_JMS);
    Matcher shipped = PORT.matcher(local);
    StringBuilder moved = new StringBuilder();
    while (shipped.find()) {
      int port =
          switch (shipped.group(1)) {
            case "4848" -> ports.admin();
            case "8080" -> ports.http();
            case "8181" -> ports.https();
            default -> FreePort.find();
          };
      shipped.appendReplacement(moved, " port=\"" + port + "\"");
    }
    return shipped.appendTail(moved).toString();
  }

  /** The port of the plain listener. */
  int port() {
    return ports.http();
  }

  /** The HTTP address of a path, with a slash in front. */
  URI http(String path) {
    return URI.create("http://127.0.0.1:" + ports.http() + path);
  }

  /** The WebSocket address of a path, with a slash in front. */
  URI ws(String path) {
    return URI.create("ws" + http(path).toString().substring("http".length()));
  }

  /**
   * An address of the listener that asks for TLS, by the name in its certificate.
   *
   * @param scheme {@code https} or {@code wss}
   * @param path with a slash in front
   */
  URI secure(String scheme, String path) {
    return URI.create(scheme + "://localhost:" + ports.https() + path);
  }

  /** For clients: trusts the certificate with which Payara is shipped. */
  SSLContext clientContext() throws IOException, GeneralSecurityException {
    Path store = domains.resolve(DOMAIN).resolve("config/keystore.p12");
    KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    return Identity.anonymous((X509Certificate) keys.getCertificate("s1as"));
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
    line.addAll(List.of("--interactive=false", "--port", Integer.toString(ports.admin())));
    line.addAll(List.of(command));
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(said.toFile());
    builder.environment().putAll(environment);
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

  /** Restarts the domain. */
  void restart() throws IOException, InterruptedException {
    asadmin("restart-domain", "--domaindir", domains.toString(), DOMAIN);
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
