package dev.culvert.testkit;

import java.util.Locale;

/** The servers under test; the build runs the integration tests once for each. */
public enum ServerKind {
  PAYARA_MICRO,
  WILDFLY,
  TOMCAT_10,
  TOMCAT_11,
  GLASSFISH;

  /** The tag of tests that make sense on Payara only. */
  public static final String ONLY_PAYARA = "only-payara";

  /** The tag of tests that make sense on WildFly only. */
  public static final String ONLY_WILDFLY = "only-wildfly";

  /**
   * The tag of the soaks: long tests of what is the same on every server. The test command runs
   * them on WildFly, the profile {@code stress} on both servers, with their full numbers.
   */
  public static final String ANY_SERVER = "any-server";

  /** The tag of tests for the mode that all servers have. */
  public static final String PORTABLE = "portable";

  /** The tag of tests that show the main job where a server has no run of all tests. */
  public static final String MAIN_JOB = "main-job";

  /** The tag of tests of what GlassFish itself does not keep to. */
  public static final String NOT_GLASSFISH = "not-glassfish";

  /** Whether connections are taken over from it, unless the configuration forbids that. */
  public boolean takesOver() {
    return this != TOMCAT_10 && this != TOMCAT_11;
  }

  /** That of the property {@code culvert.server}: {@code payara-micro}, the default, or others. */
  public static ServerKind underTest() {
    String name = System.getProperty("culvert.server", "payara-micro");
    return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
