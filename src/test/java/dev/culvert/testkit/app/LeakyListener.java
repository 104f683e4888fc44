package dev.culvert.testkit.app;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.lang.management.ManagementFactory;
import java.util.UUID;
import javax.management.JMException;
import javax.management.ObjectName;

/** Leaks its deployment on purpose: registers an MBean and forgets it at undeploy. */
@WebListener
public final class LeakyListener implements ServletContextListener {

  /** Matches the names of the MBeans that keep deployments alive. */
  public static final String BEANS = "dev.culvert.testkit:type=Leak,*";

  @Override
  public void contextInitialized(ServletContextEvent event) {
    try {
      ManagementFactory.getPlatformMBeanServer()
          .registerMBean(new Leak(), new ObjectName(BEANS.replace("*", "id=" + UUID.randomUUID())));
    } catch (JMException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** An interface of the WAR, as the platform's MBean server wants one. */
  public interface LeakMBean {}

  /** What stays after. */
  public static final class Leak implements LeakMBean {}
}
