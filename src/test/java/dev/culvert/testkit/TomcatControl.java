package dev.culvert.testkit;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** The server's side of {@link TomcatControlMXBean}. Safe for use by any thread. */
final class TomcatControl extends ServerControl implements TomcatControlMXBean {

  private static final String[] STRING = {String.class.getName()};

  private final MBeanServer beans;

  /** No RMI thread, whose restricted access control context applications' threads would inherit. */
  private final ExecutorService deployer = Executors.newSingleThreadExecutor();

  TomcatControl(MBeanServer beans) {
    this.beans = beans;
  }

  @Override
  public boolean isStarted() {
    return isStarted("Catalina:type=Service");
  }

  @Override
  public boolean deploy(String context) {
    return onDeployer(
        () -> {
          beans.invoke(new ObjectName(deployerBean()), "check", new Object[] {context}, STRING);
          return isStarted(webModule(context));
        });
  }

  @Override
  public void undeploy(String context) {
    onDeployer(
        () -> {
          if (beans.isRegistered(new ObjectName(webModule(context)))) {
            beans.invoke(
                new ObjectName(deployerBean()), "unmanageApp", new Object[] {context}, STRING);
          }
          return context;
        });
  }

  private static String deployerBean() {
    return "Catalina:type=Deployer,host=localhost";
  }

  private static String webModule(String context) {
    String path = context.isEmpty() ? "/" : context;
    return "Catalina:j2eeType=WebModule,name=//localhost"
        + path
        + ",J2EEApplication=none,J2EEServer=none";
  }

  private boolean isStarted(String bean) {
    try {
      ObjectName name = new ObjectName(bean);
      return beans.isRegistered(name) && beans.getAttribute(name, "stateName").equals("STARTED");
    } catch (JMException e) {
      throw new IllegalStateException(e.toString());
    }
  }

  private <T> T onDeployer(Callable<T> work) {
    try {
      return deployer.submit(work).get();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the server deploys", stopped);
    } catch (ExecutionException failed) {
      // The cause may be of a class that the test's JVM does not know.
      throw new IllegalStateException(failed.getCause().toString());
    }
  }
}
