package dev.culvert.testkit;

/** What a test tells a {@link Tomcat} beyond {@link ServerControlMXBean}. */
public interface TomcatControlMXBean extends ServerControlMXBean {

  /** Whether the server is up. */
  boolean isStarted();

  /**
   * Deploys the archive that lies in the directory of applications.
   *
   * @param context context path
   * @return whether the application has started
   */
  boolean deploy(String context);

  /** Undeploys an application, if there is one; its archive must be gone. */
  void undeploy(String context);
}
