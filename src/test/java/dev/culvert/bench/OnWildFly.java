package dev.culvert.bench;

import dev.culvert.testkit.WildFly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An application on WildFly with {@code standalone.xml}, as an operator would run it.
 *
 * @param name in the table
 * @param distribution WildFly's directory
 * @param application what is deployed
 * @param options of the JVM; none = the JVM's defaults
 * @param certificate of the listener that takes the streams; empty for the plain one
 */
record OnWildFly(
    String name,
    Path distribution,
    Application application,
    List<String> options,
    Optional<Certificate> certificate)
    implements Contestant {

  /** As shipped WildFly speaks TLS 1.2 only. */
  private static final String TLS_1_3 =
      """
      wildfly-configuration:
        subsystem:
          elytron:
            server-ssl-context:
              applicationSSC:
                protocols: [TLSv1.2, TLSv1.3]
                cipher-suite-names: %s
      """
          .formatted(Dialler.CIPHER_SUITE);

  @Override
  public Role role() {
    return Role.SUBJECT;
  }

  @Override
  public Optional<String> missing() {
    return application.missing(distribution);
  }

  @Override
  public Running start(int upstreamPort, Path directory) throws IOException {
    int port = Server.freePort();
    Path temporary = Files.createDirectories(directory.resolve("tmp"));
    Path base = base(directory);
    List<String> command = new ArrayList<>();
    command.add(Jdk.tool("java"));
    command.addAll(WildFly.moduleFlags());
    command.addAll(options);
    command.addAll(application.options(upstreamPort));
    command.add("-Djava.io.tmpdir=" + temporary.toAbsolutePath());
    command.add("-Djava.net.preferIPv4Stack=true");
    command.add("-Djboss.home.dir=" + distribution.toAbsolutePath());
    command.add("-Djboss.server.base.dir=" + base);
    command.add("-Dorg.jboss.boot.log.file=" + base.resolve("log/server.log"));
    command.add(
        "-Dlogging.configuration=" + base.resolve("configuration/logging.properties").toUri());
    command.add("-Djboss.bind.address=127.0.0.1");
    command.add("-Djboss.bind.address.management=127.0.0.1");
    command.add("-Djboss.management.http.port=0");
    command.add("-Djboss.http.port=" + (certificate.isPresent() ? 0 : port));
    command.add("-Djboss.https.port=" + (certificate.isPresent() ? port : 0));
    command.addAll(List.of("-jar", distribution.resolve("jboss-modules.jar").toString()));
    command.addAll(List.of("-mp", distribution.resolve("modules").toString()));
    command.add("org.jboss.as.standalone");
    if (certificate.isPresent()) {
      Files.copy(certificate.get().keyStore(), base.resolve("configuration/application.keystore"));
      command.add("--yaml=" + Files.writeString(base.resolve("tls.yaml"), TLS_1_3));
    }
    Child child = Child.start(directory, Map.of(), command);
    Listener listener = Listener.on(port, certificate);
    return Server.awaitReady(child, listener, application.readiness(), true);
  }

  /** Makes the directories of a server of its own, with the application in it. */
  private Path base(Path directory) throws IOException {
    Path base = Files.createTempDirectory(directory.toAbsolutePath(), "standalone-");
    Files.createDirectory(base.resolve("log"));
    Path configuration = Files.createDirectory(base.resolve("configuration"));
    Path shipped = distribution.resolve("standalone/configuration");
    try (Stream<Path> files = Files.list(shipped)) {
      for (Path file : files.toList()) {
        Files.copy(file, configuration.resolve(file.getFileName()));
      }
    }
    Path deployments = Files.createDirectory(base.resolve("deployments"));
    Files.copy(application.in(directory), deployments.resolve("ROOT.war"));
    return base;
  }
}
