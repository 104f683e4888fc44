package dev.culvert.testkit;

/**
 * What a test tells GlassFish to do. Served by {@link GlassFishLauncher} in the server's JVM,
 * called over JMX.
 */
public interface GlassFishControlMXBean extends ServerControlMXBean {

  /**
   * Deploys an archive or an exploded directory, on the thread that booted the server.
   *
   * @return why the server refuses it; empty when it does not
   */
  String deploy(String name, String contextRoot, String archive);

  /** Undeploys an application, on the thread that booted the server. */
  void undeploy(String name);
}
