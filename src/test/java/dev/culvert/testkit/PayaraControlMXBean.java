package dev.culvert.testkit;

/**
 * What a test tells Payara Micro to do. Served by {@link PayaraLauncher} in the server's JVM,
 * called over JMX.
 */
public interface PayaraControlMXBean extends ServerControlMXBean {

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
}
