package dev.culvert.boot;

import dev.culvert.boundary.HostBoundary;
import dev.culvert.boundary.Protocol;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;

/**
 * Finds the host through the platform MBean server, and boots one when there is none that speaks
 * this gateway's protocol. Hosts of other protocols are then asked to drain.
 */
public final class HostFinder {

  private static final Logger LOG = System.getLogger("dev.culvert.boot");
  private static final String BRIDGES = "dev.culvert:type=Bridge,*";

  private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
  private final int protocol = Protocol.version();
  private final String version;
  private final Supplier<InputStream> jar;

  /**
   * Makes a finder.
   *
   * @param version of this WAR
   * @param jar opens the host jar inside this WAR; null when it is missing
   */
  public HostFinder(String version, Supplier<InputStream> jar) {
    this.version = version;
    this.jar = jar;
  }

  /**
   * Returns the host.
   *
   * @throws IllegalStateException when it is neither there nor can be booted
   */
  public HostBoundary find() {
    // The intern pool gives one lock to all deployments of the JVM, whatever loaded them.
    synchronized ("dev.culvert.host.boot".intern()) {
      try {
        if (!beans.isRegistered(bridge())) {
          Runnable publish = boot();
          drainOthers(); // only now: streams whose host nobody finds would have no master
          publish.run();
        }
        return HostProxy.of(beans.getAttribute(bridge(), "Host"));
      } catch (JMException | ReflectiveOperationException | IOException e) {
        throw new IllegalStateException("cannot boot the host: " + rootOf(e), e);
      }
    }
  }

  /** What reflection and threads wrap says nothing by itself. */
  private static Throwable rootOf(Throwable fault) {
    Throwable root = fault;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private ObjectName bridge() throws JMException {
    return new ObjectName("dev.culvert:type=Bridge,protocol=" + protocol);
  }

  private Runnable boot() throws IOException, ReflectiveOperationException {
    HostJar files = HostJar.read(jar);
    ClassLoader application = HostFinder.class.getClassLoader();
    Connector connector = Connector.of(application);
    String name = connector.name().toLowerCase(Locale.ROOT);
    Object publish =
        HostLoader.create(files, connector.parent(application).orElseThrow())
            .loadClass("dev.culvert.host.HostMain")
            .getMethod("boot", String.class, String.class)
            .invoke(null, version, name);
    LOG.log(
        Level.INFO,
        "CULVERT-B001 host booted: protocol={0} version={1} connector={2}",
        protocol,
        version,
        name);
    return (Runnable) publish;
  }

  private void drainOthers() throws JMException {
    Set<ObjectName> others = beans.queryNames(new ObjectName(BRIDGES), null);
    for (ObjectName other : others) {
      try {
        beans.invoke(other, "drain", null, null);
        LOG.log(Level.INFO, "CULVERT-B002 host of another protocol drains: {0}", other);
      } catch (InstanceNotFoundException e) {
        LOG.log(Level.DEBUG, "gone by itself: {0}", other);
      } catch (MBeanException | RuntimeMBeanException e) {
        LOG.log(Level.WARNING, "CULVERT-B003 host of another protocol does not drain", e);
      }
    }
  }
}
