package dev.culvert.testkit;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Runs in the JVM of a {@link WildFly}: watches for the end of the test from the beginning on, and
 * opens a JMX connector when the test asks for it. Not before: WildFly brings an MBean server and
 * logging of its own.
 */
public final class WildFlyAgent {

  private WildFlyAgent() {}

  /** Called by the JVM at its start. */
  public static void premain(String arguments) {
    ParentWatch.haltAtEndOf(System.in);
  }

  /** Called by the JVM when the test attaches. */
  public static void agentmain(String arguments) throws IOException, JMException {
    var beans = ManagementFactory.getPlatformMBeanServer();
    beans.registerMBean(new ServerControl(), new ObjectName(ServerControlMXBean.OBJECT_NAME));
    System.out.println(LoopbackJmx.READY + LoopbackJmx.serve(beans));
  }
}
