package dev.culvert.testkit;

/**
 * What a test tells the server under test to do, beyond what the platform's own management beans
 * offer. Served by {@link PayaraLauncher} in the server's JVM, called over JMX.
 *
 * <p>Only JDK types cross the connection, faults included, because the two JVMs share no other
 * classes.
 */
public interface ServerControlMXBean {

  /** Name under which the launcher registers its control. */
  String OBJECT_NAME = "dev.culvert.testkit:type=ServerControl";

  /** The port of the plain HTTP listener on the loopback address. */
  int getHttpPort();

  /**
   * Deploys an archive or an exploded directory, on the thread that booted the server.
   *
   * @return whether the server accepted it; the reason of a refusal is in its log
   */
  boolean deploy(String name, String contextRoot, String archive);

  /** Undeploys an application, on the thread that booted the server. */
  void undeploy(String name);

  /** Sets a system property of the server's JVM. */
  void setProperty(String key, String value);

  /** Removes a system property of the server's JVM. */
  void clearProperty(String key);

  /** Sets the level of a {@code java.util.logging} logger for the rest of the server's life. */
  void setLogLevel(String logger, String level);
}
