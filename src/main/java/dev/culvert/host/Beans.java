package dev.culvert.host;

import dev.culvert.boundary.NamedParameters;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** Registers the host's MBeans and takes them away again. Methods are synchronized. */
final class Beans {

  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

  /** Guarded by this. */
  private final List<ObjectName> registered = new ArrayList<>();

  /**
   * @param type its MXBean interface
   */
  <T> void register(Class<T> type, T bean, String name) {
    register(NamedParameters.of(type, bean), name);
  }

  synchronized void register(Object bean, String name) {
    try {
      ObjectName objectName = new ObjectName(name);
      server.registerMBean(bean, objectName);
      registered.add(objectName);
    } catch (JMException e) {
      throw new IllegalStateException("cannot register " + name, e);
    }
  }

  synchronized void unregisterAll() {
    for (ObjectName name : registered) {
      try {
        server.unregisterMBean(name);
      } catch (JMException e) {
        System.getLogger("dev.culvert.host").log(Level.WARNING, "cannot unregister " + name, e);
      }
    }
    registered.clear();
  }
}
