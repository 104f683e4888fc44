package dev.culvert.bench;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A proxy that is installed on the machine, with a configuration of the benchmark. Lines of it that
 * begin with {@code #plain } or {@code #tls } count for a listener of that kind only.
 *
 * @param name of the executable too
 * @param configuration a file beside this class in the test resources; {@code ${port}}, {@code
 *     ${upstream}}, {@code ${streams}}, {@code ${kept}} and {@code ${pem}} in it are replaced
 * @param readiness how it shows that it has started
 * @param arguments with which it runs in the foreground, in the directory of its configuration,
 *     whose name replaces {@code ${configuration}}
 * @param certificate of its listener; empty for a plain one
 */
record Program(
    String name,
    String configuration,
    Readiness readiness,
    List<String> arguments,
    Optional<Certificate> certificate)
    implements Contestant {

  private static final String SEARCH_PATH =
      String.join(File.pathSeparator, System.getenv("PATH"), "/usr/sbin", "/usr/local/sbin");

  /** Streams that a configuration allows, where it has to name a number. */
  private static final int STREAMS = 8_000;

  static final Program NGINX =
      new Program(
          "nginx",
          "nginx.conf",
          Readiness.STREAM,
          List.of("-p", ".", "-c", "${configuration}", "-e", "nginx-error.log"),
          Optional.empty());

  static final Program HAPROXY =
      new Program(
          "haproxy",
          "haproxy.cfg",
          Readiness.STREAM,
          List.of("-db", "-f", "${configuration}"),
          Optional.empty());

  static final Program CADDY =
      new Program(
          "caddy",
          "Caddyfile",
          Readiness.STREAM,
          List.of("run", "--config", "${configuration}", "--adapter", "caddyfile"),
          Optional.empty());

  /** Returns the same with a TLS listener. */
  Program showing(Certificate shown) {
    return new Program(name, configuration, readiness, arguments, Optional.of(shown));
  }

  /** Returns the same for ordinary requests, with a configuration of its own. */
  Program passingRequests() {
    return new Program(name, "http-" + configuration, Readiness.REQUEST, arguments, certificate);
  }

  @Override
  public Role role() {
    return Role.PEER;
  }

  @Override
  public Optional<String> missing() {
    return executable().isPresent() ? Optional.empty() : Optional.of("not installed");
  }

  @Override
  public Running start(int upstreamPort, Path directory) throws IOException {
    int port = Server.freePort();
    Files.createDirectories(directory);
    Files.writeString(directory.resolve(configuration), configure(port, upstreamPort));
    String executable = executable().orElseThrow().toString();
    List<String> command =
        Stream.concat(Stream.of(executable), arguments.stream())
            .map(word -> word.replace("${configuration}", configuration))
            .toList();
    String home = directory.toAbsolutePath().toString();
    Map<String, String> environment =
        Map.of("HOME", home, "XDG_DATA_HOME", home, "XDG_CONFIG_HOME", home);
    Child child = Child.start(directory, environment, command);
    return Server.awaitReady(child, Listener.on(port, certificate), readiness, false);
  }

  private String configure(int port, int upstreamPort) throws IOException {
    try (InputStream resource = Program.class.getResourceAsStream(configuration)) {
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8)
          .replace(certificate.isPresent() ? "#tls " : "#plain ", "")
          .replace("${pem}", certificate.map(shown -> shown.pem().toString()).orElse(""))
          .replace("${port}", Integer.toString(port))
          .replace("${upstream}", Integer.toString(upstreamPort))
          .replace("${streams}", Integer.toString(STREAMS))
          .replace("${kept}", Integer.toString(Application.KEPT_CONNECTIONS));
    }
  }

  private Optional<Path> executable() {
    return Arrays.stream(SEARCH_PATH.split(File.pathSeparator, -1))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
