package dev.culvert.testkit;

import fish.payara.micro.PayaraMicroRuntime;
import java.io.File;
import java.util.concurrent.Executor;

/** The server's side of {@link PayaraControlMXBean}. Safe for use by any thread. */
final class PayaraControl extends DeployingControl implements PayaraControlMXBean {

  private final PayaraMicroRuntime runtime;

  PayaraControl(PayaraMicroRuntime runtime, Executor deployer) {
    super(deployer);
    this.runtime = runtime;
  }

  @Override
  public int getHttpPort() {
    return runtime.getLocalDescriptor().getHttpPorts().get(0);
  }

  @Override
  public boolean deploy(String name, String contextRoot, String archive) {
    return onDeployer(
        () ->
            // Payara says yes to some archives that it then refuses, and to names it has already.
            !runtime.getDeployedApplicationNames().contains(name)
                && runtime.deploy(name, contextRoot, new File(archive))
                && runtime.getDeployedApplicationNames().contains(name));
  }

  @Override
  public void undeploy(String name) {
    onDeployer(
        () -> {
          runtime.undeploy(name);
          return name;
        });
  }
}
