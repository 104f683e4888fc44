package dev.culvert.testkit;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;

/** A control that deploys too, one thing at a time. Safe for use by any thread. */
abstract class DeployingControl extends ServerControl {

  private final Executor deployer;

  /**
   * @param deployer runs deployments one at a time on a thread that is no RMI thread, whose
   *     restricted access control context the application's threads would inherit
   */
  DeployingControl(Executor deployer) {
    this.deployer = deployer;
  }

  final <T> T onDeployer(Callable<T> work) {
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
