package dev.culvert.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** Writes the command line of a {@link PayaraMicro} and the files that it names. */
final class PayaraCommand {

  private static final String LISTENERS =
      "configs.config.server-config.network-config.network-listeners.network-listener.";

  private PayaraCommand() {}

  /**
   * The command that starts a server, with the files it names written.
   *
   * @param home an empty directory for the server's files
   */
  static List<String> line(ServerOptions options, Path home) throws IOException {
    Path micro = Path.of(WorkDirectory.required("culvert.payara-micro"));
    List<String> command =
        LauncherCommand.of(
            options,
            home,
            micro,
            PayaraLauncher.class,
            PayaraAsyncThreads.class,
            PayaraControl.class,
            PayaraControlMXBean.class);
    // Not --nocluster: with it Payara ignores --nohazelcast and listens for a cluster.
    command.addAll(List.of("--nohazelcast", "--disablephonehome", "--autobindhttp"));
    command.addAll(List.of("--port", Integer.toString(FreePort.find())));
    Path preboot = Files.write(home.resolve("preboot.txt"), loopbackOnly());
    command.addAll(List.of("--prebootcommandfile", preboot.toString()));
    command.addAll(List.of("--logproperties", logSettings(micro, home).toString()));
    command.addAll(options.arguments());
    return command;
  }

  /** Commands of the administrator, before the listeners start, that bind them to 127.0.0.1. */
  static List<String> loopbackOnly() {
    String loopback = InetAddress.getLoopbackAddress().getHostAddress();
    return Stream.of("http-listener", "https-listener")
        .map(listener -> "set " + LISTENERS + listener + ".address=" + loopback)
        .toList();
  }

  /** Payara's own settings without the colours. */
  private static Path logSettings(Path micro, Path home) throws IOException {
    try (JarFile jar = new JarFile(micro.toFile())) {
      byte[] own =
          jar.getInputStream(jar.getEntry("MICRO-INF/domain/logging.properties")).readAllBytes();
      return Files.writeString(
          home.resolve("logging.properties"),
          new String(own, UTF_8).replace("ansiColor=true", "ansiColor=false"));
    }
  }
}
