package dev.culvert.admin;

import dev.culvert.boundary.NamedParameters;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** A bean of a deployment in the JVM's MBean server, which holds it until {@link #close}. */
public final class Registration implements AutoCloseable {

  private static final Logger LOG = System.getLogger("dev.culvert");

  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

  /** Empty when there is none, or none any more; guarded by this. */
  private Optional<ObjectName> registered;

  /**
   * Registers a bean. One that cannot be is missed by operators only, and so logged.
   *
   * @param type its MXBean interface
   */
  public <T> Registration(Class<T> type, T bean, String name) {
    Optional<ObjectName> done = Optional.empty();
    try {
      ObjectName objectName = new ObjectName(name);
      server.registerMBean(NamedParameters.of(type, bean), objectName);
      done = Optional.of(objectName);
    } catch (JMException e) {
      LOG.log(Level.WARNING, "CULVERT-G016 no management bean " + name, e);
    }
    registered = done;
  }

  @Override
  public synchronized void close() {
    registered.ifPresent(this::unregister);
    registered = Optional.empty();
  }

  private void unregister(ObjectName name) {
    try {
      server.unregisterMBean(name);
    } catch (JMException e) {
      LOG.log(Level.WARNING, "CULVERT-G017 management bean stays: " + name, e);
    }
  }
}
