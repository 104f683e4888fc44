package dev.culvert.host.undertow;

import io.undertow.server.HttpServerExchange;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.handlers.ServletRequestContext;
import java.util.concurrent.Executor;

/**
 * Runs the tasks of a deployment's asynchronous exchanges while a write listener is set. For that
 * Undertow wakes up a worker only to have that wake up the I/O thread, which calls the listener
 * (2.3.23, {@code ServletOutputStreamImpl.setWriteListener}): a quarter of the time of a short
 * request. The task, which waits for nothing, runs where the listener is set; those of other
 * threads go to the workers. Another thread that sets a listener at the same time may find this one
 * gone again, or another in its place, and takes a worker.
 */
final class AsyncTasks implements Executor {

  /** Sets the write listener. */
  private final Thread here = Thread.currentThread();

  private final Executor workers;

  private AsyncTasks(Executor workers) {
    this.workers = workers;
  }

  /** Runs what sets the write listener of an exchange, and Undertow's task for that with it. */
  static void runHere(HttpServerExchange exchange, Runnable setting) {
    DeploymentInfo deployment =
        exchange
            .getAttachment(ServletRequestContext.ATTACHMENT_KEY)
            .getDeployment()
            .getDeploymentInfo();
    Executor own = deployment.getAsyncExecutor();
    if (own != null && !(own instanceof AsyncTasks)) {
      setting.run();
      return;
    }
    Executor ofDeployment = deployment.getExecutor();
    Executor workers = ofDeployment == null ? exchange.getConnection().getWorker() : ofDeployment;
    deployment.setAsyncExecutor(new AsyncTasks(workers));
    try {
      setting.run();
    } finally {
      // Nothing stays: the deployment may be another application's, and outlive a worker.
      deployment.setAsyncExecutor(null);
    }
  }

  @Override
  public void execute(Runnable task) {
    if (Thread.currentThread() == here) {
      task.run();
    } else {
      workers.execute(task);
    }
  }
}
