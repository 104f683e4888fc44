package dev.culvert.testkit;

import java.util.concurrent.Executors;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** The server's side of {@link TomcatControlMXBean}. Safe for use by any thread. */
final class TomcatControl extends DeployingControl implements TomcatControlMXBean {

  private static final String[] STRING = {String.class.getName()};

  private final MBeanServer beans;

  TomcatControl(MBeanServer beans) {
    super(Executors.newSingleThreadExecutor());
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
}
