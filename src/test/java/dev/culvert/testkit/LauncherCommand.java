package dev.culvert.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the command lines of servers that a launcher of ours starts have in common. */
final class LauncherCommand {

  private LauncherCommand() {}

  /**
   * The command up to the launcher's name, with the launcher's jar written.
   *
   * @param home an empty directory for the server's files
   * @param server the jar of the server
   * @param launcher the class to start
   * @param others its own classes besides those that every launcher needs
   */
  static List<String> of(
      ServerOptions options, Path home, Path server, Class<?> launcher, Class<?>... others)
      throws IOException {
    Path jar =
        Archive.EMPTY
            .withClasses("", launcher)
            .withClasses("", others)
            .withClasses(
                "",
                DeployingControl.class,
                ServerControl.class,
                ServerControlMXBean.class,
                LoopbackJmx.class,
                ParentWatch.class)
            .pack(home.resolve("launcher.jar"));
    List<String> command = new ArrayList<>();
    command.add(options.javaHome().resolve("bin/java").toString());
    command.addAll(ModuleFlags.of(server));
    command.add("-Xmx512m");
    // Softly reachable is not leaked; do not let it look so.
    command.add("-XX:SoftRefLRUPolicyMSPerMB=0");
    command.add("-Djava.io.tmpdir=" + Files.createDirectory(home.resolve("tmp")));
    command.addAll(options.jvmFlags());
    command.add("-cp");
    command.add(jar + System.getProperty("path.separator") + server);
    command.add(launcher.getName());
    return command;
  }
}
