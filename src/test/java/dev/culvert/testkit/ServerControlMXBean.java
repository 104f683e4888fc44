package dev.culvert.testkit;

/**
 * What a test tells any server under test to do, beyond what the platform's own management beans
 * offer. Served in the server's JVM, called over JMX.
 *
 * <p>Only JDK types cross the connection, faults included, because the two JVMs share no other
 * classes.
 */
public interface ServerControlMXBean {

  /** Name under which the control is registered. */
  String OBJECT_NAME = "dev.culvert.testkit:type=ServerControl";

  /** Sets a system property of the server's JVM. */
  void setProperty(String key, String value);

  /** Removes a system property of the server's JVM. */
  void clearProperty(String key);

  /** Sets the level of a {@code java.util.logging} logger for the rest of the server's life. */
  void setLogLevel(String logger, String level);
}
