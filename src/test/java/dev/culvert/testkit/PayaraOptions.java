package dev.culvert.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How to start a {@link PayaraMicro} differently from the shared one.
 *
 * @param javaHome the JDK that runs the server
 * @param jvmFlags flags behind the harness's own, so that they win
 * @param environment environment variables in addition to those of the test
 * @param arguments command line of Payara Micro behind the harness's own
 */
public record PayaraOptions(
    Path javaHome, List<String> jvmFlags, Map<String, String> environment, List<String> arguments) {

  /** The JDK of the property {@code culvert.server-jdk}, or that of the test, and nothing extra. */
  public static final PayaraOptions DEFAULT =
      new PayaraOptions(
          Path.of(System.getProperty("culvert.server-jdk", System.getProperty("java.home"))),
          List.of(),
          Map.of(),
          List.of());

  public PayaraOptions {
    jvmFlags = List.copyOf(jvmFlags);
    environment = Map.copyOf(environment);
    arguments = List.copyOf(arguments);
  }

  /** Runs the server on another JDK. */
  public PayaraOptions onJdk(Path home) {
    return new PayaraOptions(home, jvmFlags, environment, arguments);
  }

  /** Adds a JVM flag, for example {@code -Xmx128m}. */
  public PayaraOptions jvmFlag(String flag) {
    return new PayaraOptions(javaHome, append(jvmFlags, List.of(flag)), environment, arguments);
  }

  /** Sets an environment variable of the server. */
  public PayaraOptions environment(String name, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(name, value);
    return new PayaraOptions(javaHome, jvmFlags, more, arguments);
  }

  /** Adds arguments of Payara Micro, for example {@code --secretsdir}. */
  public PayaraOptions arguments(String... more) {
    return new PayaraOptions(javaHome, jvmFlags, environment, append(arguments, List.of(more)));
  }

  private static List<String> append(List<String> head, List<String> tail) {
    List<String> all = new ArrayList<>(head);
    all.addAll(tail);
    return all;
  }
}
