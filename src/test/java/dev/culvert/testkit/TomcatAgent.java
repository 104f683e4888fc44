package dev.culvert.testkit;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Runs in the JVM of a {@link Tomcat}: watches for the end of the test and opens a JMX connector.
 */
public final class TomcatAgent {

  private TomcatAgent() {}

  /** Called by the JVM at its start. */
  public static void premain(String arguments) throws IOException, JMException {
    ParentWatch.haltAtEndOf(System.in);
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    beans.registerMBean(new TomcatControl(beans), new ObjectName(ServerControlMXBean.OBJECT_NAME));
    System.out.println(LoopbackJmx.READY + LoopbackJmx.serve(beans));
  }
}
