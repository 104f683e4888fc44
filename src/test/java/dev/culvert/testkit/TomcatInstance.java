package dev.culvert.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;

/**
 * The files and the port of a {@link Tomcat}: a base directory of its own beside the one
 * distribution that the build unpacks.
 */
record TomcatInstance(Path distribution, Path home, int port) {

  /** What {@code catalina.sh} opens. */
  private static final List<String> MODULE_FLAGS =
      List.of(
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
          "--add-opens=java.base/java.io=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
          "--add-opens=java.rmi/sun.rmi.transport=ALL-UNNAMED");

  /** To the output of the process, and all of Culvert. */
  private static final String LOGGING =
      """
      handlers = java.util.logging.ConsoleHandler
      .level = INFO
      dev.culvert.level = FINE
      java.util.logging.ConsoleHandler.level = ALL
      java.util.logging.ConsoleHandler.formatter = org.apache.juli.OneLineFormatter
      java.util.logging.ConsoleHandler.encoding = UTF-8
      """;

  static TomcatInstance create(Path distribution) throws IOException {
    TomcatInstance instance =
        new TomcatInstance(distribution, WorkDirectory.create("tomcat"), FreePort.find());
    instance.write();
    return instance;
  }

  private void write() throws IOException {
    Files.createDirectory(home.resolve("tmp"));
    Files.createDirectory(applications());
    Path configuration = Files.createDirectory(home.resolve("conf"));
    Files.copy(distribution.resolve("conf/web.xml"), configuration.resolve("web.xml"));
    Files.writeString(configuration.resolve("logging.properties"), LOGGING);
    Files.writeString(configuration.resolve("server.xml"), configuration());
    Archive.EMPTY
        .with("META-INF/MANIFEST.MF", manifest())
        .withClasses(
            "",
            TomcatAgent.class,
            TomcatControl.class,
            TomcatControlMXBean.class,
            DeployingControl.class,
            ServerControl.class,
            ServerControlMXBean.class,
            LoopbackJmx.class,
            ParentWatch.class)
        .pack(agent());
  }

  private String configuration() {
    return """
    <Server port="-1">
      <Listener className="org.apache.catalina.core.JreMemoryLeakPreventionListener"/>
      <Listener className="org.apache.catalina.core.ThreadLocalLeakPreventionListener"/>
      <Service name="Catalina">
        <Connector address="127.0.0.1" port="%d" protocol="HTTP/1.1"/>
        <Engine name="Catalina" defaultHost="localhost">
          <Host name="localhost" appBase="webapps" autoDeploy="false" deployOnStartup="false"/>
        </Engine>
      </Service>
    </Server>
    """
        .formatted(port);
  }

  private static String manifest() {
    return Attributes.Name.MANIFEST_VERSION
        + (": 1.0\nPremain-Class: " + TomcatAgent.class.getName() + "\n");
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
    command.add("-Djava.util.logging.manager=org.apache.juli.ClassLoaderLogManager");
    command.add("-Djava.util.logging.config.file=" + home.resolve("conf/logging.properties"));
    command.add("-Dcatalina.home=" + distribution);
    command.add("-Dcatalina.base=" + home);
    command.addAll(options.jvmFlags());
    String separator = System.getProperty("path.separator");
    Path bin = distribution.resolve("bin");
    command.add("-cp");
    command.add(bin.resolve("bootstrap.jar") + separator + bin.resolve("tomcat-juli.jar"));
    command.add("org.apache.catalina.startup.Bootstrap");
    command.add("start");
    command.addAll(options.arguments());
    return command;
  }

  /** Puts an application where the server looks for it. */
  void place(Path war, String context) throws IOException {
    String name = name(context);
    if (Files.isDirectory(war)) {
      Archive.read(war).explode(applications().resolve(name));
    } else {
      Files.copy(war, applications().resolve(name + ".war"));
    }
  }

  void remove(String context) throws IOException {
    String name = name(context);
    Files.deleteIfExists(applications().resolve(name + ".war"));
    if (Files.exists(applications().resolve(name))) {
      WorkDirectory.delete(applications().resolve(name));
    }
  }

  private static String name(String context) {
    return context.isEmpty() ? "ROOT" : context.substring(1);
  }

  Path applications() {
    return home.resolve("webapps");
  }

  private Path agent() {
    return home.resolve("agent.jar");
  }
}
