package dev.culvert.testkit;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A real application server in a JVM of its own, on free ports of the loopback address, with
 * nothing of Culvert on its class path.
 *
 * <p>Safe for use by any thread; deployments run one at a time. The process ends with {@link
 * #close()}, and at the latest with the JVM that started it.
 */
public interface TestServer extends AutoCloseable {

  /** Starts a server of the kind that the run is about, on the JDK of the test. */
  static TestServer start() {
    return start(ServerOptions.DEFAULT);
  }

  /**
   * Starts a server of the kind that the run is about and waits until it is up.
   *
   * @throws IllegalStateException when it does not come up; the message ends with its log
   */
  static TestServer start(ServerOptions options) {
    return switch (ServerKind.underTest()) {
      case PAYARA_MICRO -> PayaraMicro.start(options);
      case WILDFLY -> WildFly.start(options);
      case TOMCAT_10 -> Tomcat.start(Path.of(WorkDirectory.required("culvert.tomcat-10")), options);
      case TOMCAT_11 -> Tomcat.start(Path.of(WorkDirectory.required("culvert.tomcat-11")), options);
      case GLASSFISH -> GlassFish.start(options);
    };
  }

  /** The port of the plain HTTP listener on 127.0.0.1. */
  int port();

  /** The process id, for the operating system's own counters. */
  long pid();

  /** Whether the process runs. */
  boolean isAlive();

  /** Everything the server has logged. */
  ServerLog log();

  /** Memory, classes, threads, file descriptors and MBeans of the server. */
  ServerJvm jvm();

  /** An application with a name and a context root of its own, not yet deployed. */
  Application application(String prefix);

  /** An application for the root context, not yet deployed; there can be one at a time. */
  Application rootApplication(String prefix);

  /**
   * Deploys a WAR file or an exploded WAR under a name that is free.
   *
   * @param contextRoot for example {@code /chat}, or {@code /} for the root context
   * @throws IllegalStateException when the server refuses it or the name is taken; the message ends
   *     with what the server logged
   */
  void deploy(Path war, String name, String contextRoot);

  /** Undeploys an application; nothing happens when there is none of that name. */
  void undeploy(String name);

  /**
   * Sets a system property of the server, which MicroProfile Config reads with ordinal 400. Payara
   * caches values for a minute, but not across a deployment.
   */
  void setProperty(String key, String value);

  /** Removes a system property of the server. */
  void clearProperty(String key);

  /** Sets the level of a {@code java.util.logging} logger, for example to {@code FINE}. */
  void setLogLevel(String logger, String level);

  /**
   * Lets the server stop by itself, as an operator's {@code kill} would: applications are stopped,
   * then the JVM ends.
   *
   * @return whether it ended in time
   */
  boolean stop(Duration limit);

  /** Kills the process and removes its files but the log. Idempotent. */
  @Override
  void close();

  /**
   * An HTTP address of the server.
   *
   * @param path with a slash in front, in the form it is to be sent
   */
  default URI http(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }
}
