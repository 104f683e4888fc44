package dev.culvert.testkit;

import fish.payara.micro.PayaraMicroRuntime;
import java.io.File;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;

/** The server's side of {@link PayaraControlMXBean}. Safe for use by any thread. */
final class PayaraControl extends ServerControl implements PayaraControlMXBean {

  private final PayaraMicroRuntime runtime;
  private final Executor deployer;

  /**
   * @param deployer runs deployments one at a time on a thread that is no RMI thread, whose
   *     restricted access control context the application's threads would inherit
   */
  PayaraControl(PayaraMicroRuntime runtime, Executor deployer) {
    this.runtime = runtime;
    this.deployer = deployer;
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

  private <T> T onDeployer(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    deployer.execute(task);
    try {
      return task.get();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the server deploys", stopped);
    } catch (ExecutionException failed) {
      // The cause may be of a class that the test's JVM does not know.
      throw new IllegalStateException(failed.getCause().toString());
    }
  }
}
