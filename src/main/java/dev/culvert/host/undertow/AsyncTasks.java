package dev.culvert.host.undertow;

import io.undertow.server.HttpServerExchange;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.handlers.ServletRequestContext;
import java.util.concurrent.Executor;

/**
 * Runs the tasks of a deployment's asynchronous exchanges. When a write listener is set, Undertow
 * wakes up a worker only to have that wake up the I/O thread, which calls the listener (2.3.23,
 * {@code ServletOutputStreamImpl.setWriteListener}): a tenth of the time of a short request. Such a
 * task, which waits for nothing, runs where the listener is set; all others go to the workers.
 */
final class AsyncTasks implements Executor {

  /** Set while a thread sets a write listener. */
  private static final ThreadLocal<Boolean> HERE = new ThreadLocal<>();

  private final Executor workers;

  private AsyncTasks(Executor workers) {
    this.workers = workers;
  }

  /** Runs what sets the write listener of an exchange, and Undertow's task for that with it. */
  static void runHere(HttpServerExchange exchange, Runnable setting) {
    install(exchange);
    HERE.set(true);
    try {
      setting.run();
    } finally {
      HERE.remove();
    }
  }

  /** Unless the deployment has an executor of its own. Threads that race put in the same. */
  private static void install(HttpServerExchange exchange) {
    ServletRequestContext context = exchange.getAttachment(ServletRequestContext.ATTACHMENT_KEY);
    DeploymentInfo deployment = context.getDeployment().getDeploymentInfo();
    if (deployment.getAsyncExecutor() == null) {
      Executor ofDeployment = deployment.getExecutor();
      deployment.setAsyncExecutor(
          new AsyncTasks(
              ofDeployment == null ? exchange.getConnection().getWorker() : ofDeployment));
    }
  }

  @Override
  public void execute(Runnable task) {
    if (HERE.get() == null) {
      workers.execute(task);
    } else {
      task.run();
    }
  }
}
