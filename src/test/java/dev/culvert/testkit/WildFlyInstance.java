package dev.culvert.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.jar.Attributes;
import java.util.stream.Stream;

/**
 * The files and ports of a {@link WildFly}: a base directory of its own beside the one distribution
 * that the build unpacks.
 *
 * @param home of the instance
 */
record WildFlyInstance(
    Path distribution, Path home, int httpPort, int managementPort, String password) {

  private static final String USER = "testkit";

  /** What {@code standalone.sh} opens; the rest is for features that no test uses. */
  static final List<String> MODULE_FLAGS =
      List.of(
          "--add-modules=java.se",
          "--add-exports=java.naming/com.sun.jndi.ldap=ALL-UNNAMED",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
          "--add-opens=java.base/java.io=ALL-UNNAMED",
          "--add-opens=java.base/java.net=ALL-UNNAMED",
          "--add-opens=java.base/java.security=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
          "--add-opens=java.management/javax.management=ALL-UNNAMED",
          "--add-opens=java.naming/javax.naming=ALL-UNNAMED");

  static WildFlyInstance create() throws IOException {
    Path distribution = Path.of(WorkDirectory.required("culvert.wildfly"));
    WildFlyInstance instance =
        new WildFlyInstance(
            distribution,
            WorkDirectory.create("wildfly"),
            FreePort.find(),
            FreePort.find(),
            UUID.randomUUID().toString());
    instance.write();
    return instance;
  }

  private void write() throws IOException {
    Files.createDirectory(home.resolve("tmp"));
    Files.createDirectories(deployments());
    Files.createDirectories(log().getParent());
    Path configuration = Files.createDirectory(base().resolve("configuration"));
    try (Stream<Path> files = Files.list(distribution.resolve("standalone/configuration"))) {
      for (Path file : files.toList()) {
        Files.copy(file, configuration.resolve(file.getFileName()));
      }
    }
    for (String profile : List.of("standalone.xml", "standalone-microprofile.xml")) {
      letApplicationsAuthenticate(configuration.resolve(profile));
    }
    Files.writeString(
        configuration.resolve("mgmt-users.properties"),
        "\n" + USER + "=" + digest() + "\n",
        StandardOpenOption.APPEND);
    Archive.EMPTY
        .with("META-INF/MANIFEST.MF", manifest())
        .withClasses(
            "",
            WildFlyAgent.class,
            ServerControl.class,
            ServerControlMXBean.class,
            LoopbackJmx.class,
            ParentWatch.class)
        .pack(agent());
  }

  /** As shipped, WildFly demands that users whom an application authenticates are its own too. */
  private static void letApplicationsAuthenticate(Path profile) throws IOException {
    String shipped = Files.readString(profile, UTF_8);
    String domain = "<application-security-domain name=\"other\" ";
    int start =
        shipped.indexOf(domain, shipped.indexOf("<subsystem xmlns=\"urn:jboss:domain:undertow"));
    if (start < 0) {
      throw new IOException(profile + ": no " + domain);
    }
    String changed =
        new StringBuilder(shipped)
            .insert(start + domain.length(), "integrated-jaspi=\"false\" ")
            .toString();
    Files.writeString(profile, changed);
  }

  private static String manifest() {
    String name = WildFlyAgent.class.getName();
    return Attributes.Name.MANIFEST_VERSION
        + (": 1.0\nPremain-Class: " + name + "\nAgent-Class: " + name + "\n");
  }

  /** As {@code mgmt-users.properties} has passwords (RFC 2617, section 3.2.2.2). */
  private String digest() {
    try {
      byte[] secret = (USER + ":ManagementRealm:" + password).getBytes(UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(secret));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The command that starts the server. */
  List<String> command(ServerOptions options) {
    List<String> command = new ArrayList<>();
    command.add(options.javaHome().resolve("bin/java").toString());
    command.addAll(MODULE_FLAGS);
    command.add("-Xmx512m");
    // Softly reachable is not leaked; do not let it look so.
    command.add("-XX:SoftRefLRUPolicyMSPerMB=0");
    command.add("-javaagent:" + agent());
    command.add("-Djava.io.tmpdir=" + home.resolve("tmp"));
    command.add("-Djava.net.preferIPv4Stack=true");
    command.add("-Djboss.home.dir=" + distribution);
    command.add("-Djboss.server.base.dir=" + base());
    command.add("-Dorg.jboss.boot.log.file=" + log());
    command.add("-Dlogging.configuration=" + loggingAtBoot().toUri());
    command.add("-Djboss.bind.address=127.0.0.1");
    command.add("-Djboss.bind.address.management=127.0.0.1");
    command.add("-Djboss.http.port=" + httpPort);
    command.add("-Djboss.https.port=0");
    command.add("-Djboss.management.http.port=" + managementPort);
    command.addAll(options.jvmFlags());
    command.addAll(List.of("-jar", distribution.resolve("jboss-modules.jar").toString()));
    command.addAll(List.of("-mp", distribution.resolve("modules").toString()));
    command.add("org.jboss.as.standalone");
    command.addAll(options.arguments());
    return command;
  }

  /** {@code jboss-cli.sh}, connected; it proves who it is by reading a file of the server. */
  List<String> cli() {
    return List.of(
        distribution.resolve("bin/jboss-cli.sh").toString(),
        "--connect",
        "--controller=remote+http://127.0.0.1:" + managementPort);
  }

  WildFlyManagement management() {
    return new WildFlyManagement(managementPort, USER, password);
  }

  Path agent() {
    return home.resolve("agent.jar");
  }

  Path log() {
    return base().resolve("log/server.log");
  }

  Path deployments() {
    return base().resolve("deployments");
  }

  /** Where the https listener finds its key; as shipped there is none, and the server makes one. */
  Path keyStore() {
    return base().resolve("configuration/application.keystore");
  }

  private Path loggingAtBoot() {
    return base().resolve("configuration/logging.properties");
  }

  private Path base() {
    return home.resolve("standalone");
  }
}
