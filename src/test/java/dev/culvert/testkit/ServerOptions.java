package dev.culvert.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How to start a {@link TestServer} differently from the shared one.
 *
 * @param javaHome the JDK that runs the server
 * @param jvmFlags flags after the harness's own, so that they win
 * @param environment environment variables in addition to those of the test
 * @param arguments the server's own command line after the harness's own
 */
public record ServerOptions(
    Path javaHome, List<String> jvmFlags, Map<String, String> environment, List<String> arguments) {

  /**
   * The JDK of the property {@code culvert.server-jdk}, or that of the test, with the flags of the
   * property {@code culvert.server-flags}, separated by spaces, or none.
   */
  public static final ServerOptions DEFAULT =
      new ServerOptions(
          Path.of(System.getProperty("culvert.server-jdk", System.getProperty("java.home"))),
          Pattern.compile(" ")
              .splitAsStream(System.getProperty("culvert.server-flags", ""))
              .filter(flag -> !flag.isEmpty())
              .toList(),
          Map.of(),
          List.of());

  public ServerOptions {
    jvmFlags = List.copyOf(jvmFlags);
    environment = Map.copyOf(environment);
    arguments = List.copyOf(arguments);
  }

  /** Adds a JVM flag, for example {@code -Xmx128m}. */
  public ServerOptions jvmFlag(String flag) {
    return new ServerOptions(javaHome, append(jvmFlags, List.of(flag)), environment, arguments);
  }

  /** Sets an environment variable of the server. */
  public ServerOptions environment(String name, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(name, value);
    return new ServerOptions(javaHome, jvmFlags, more, arguments);
  }

  /** Adds arguments of the server, for example {@code --secretsdir}. */
  public ServerOptions arguments(String... more) {
    return new ServerOptions(javaHome, jvmFlags, environment, append(arguments, List.of(more)));
  }

  private static List<String> append(List<String> head, List<String> tail) {
    List<String> all = new ArrayList<>(head);
    all.addAll(tail);
    return all;
  }
}
