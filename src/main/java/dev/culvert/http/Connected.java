package dev.culvert.http;

import java.io.IOException;
import java.util.function.Consumer;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * Tells a call that it has a connection, then that the head of its request goes out, and how that
 * is cancelled: the future of the library forgets it when the connection was there at once
 * (HttpClient 5.6, {@code AsyncConnectExec}).
 */
final class Connected implements AsyncExecChainHandler {

  private static final String ATTRIBUTE = "dev.culvert.connected";
  private static final String COMPOSED = "dev.culvert.composed";
  private static final String TOLD = "dev.culvert.connected.told";

  /** Has a call told. */
  static void tell(HttpContext context, Consumer<Cancellable> call, Runnable composed) {
    context.setAttribute(ATTRIBUTE, call);
    context.setAttribute(COMPOSED, composed);
  }

  /** The library has found nothing wrong with the head of the request. */
  static void composed(HttpContext context) {
    if (context.getAttribute(COMPOSED) instanceof Runnable call) {
      call.run();
    }
  }

  /** Whether the request has gone out, or is about to: what comes now is the upstream's answer. */
  static boolean isTold(HttpContext context) {
    return context.getAttribute(TOLD) != null;
  }

  @Override
  @SuppressWarnings("unchecked") // only tell() sets it
  public void execute(
      HttpRequest request,
      AsyncEntityProducer entity,
      AsyncExecChain.Scope scope,
      AsyncExecChain chain,
      AsyncExecCallback callback)
      throws HttpException, IOException {
    scope.clientContext.setAttribute(TOLD, true);
    Execution execution = new Execution(scope.cancellableDependency, scope.execRuntime);
    if (scope.clientContext.getAttribute(ATTRIBUTE) instanceof Consumer<?> call) {
      ((Consumer<Cancellable>) call).accept(execution);
    }
    chain.proceed(
        request,
        entity,
        new AsyncExecChain.Scope(
            scope.exchangeId,
            scope.route,
            scope.originalRequest,
            execution,
            scope.clientContext,
            scope.execRuntime,
            scope.scheduler,
            scope.execCount),
        callback);
  }

  /** What can be cancelled of an exchange that has a connection. */
  private static final class Execution implements CancellableDependency {

    private final CancellableDependency future;
    private final AsyncExecRuntime runtime;

    /** Guarded by this. */
    private Cancellable running;

    /** Guarded by this. */
    private boolean cancelled;

    Execution(CancellableDependency future, AsyncExecRuntime runtime) {
      this.future = future;
      this.runtime = runtime;
    }

    @Override
    public void setDependency(Cancellable dependency) {
      future.setDependency(dependency);
      boolean late;
      synchronized (this) {
        running = dependency;
        late = cancelled;
      }
      if (late) {
        dependency.cancel();
        runtime.discardEndpoint();
      }
    }

    @Override
    public boolean isCancelled() {
      return future.isCancelled();
    }

    @Override
    public boolean cancel() {
      Cancellable found;
      synchronized (this) {
        cancelled = true;
        found = running;
      }
      if (found == null) {
        return false;
      }
      boolean done = found.cancel();
      // Behind the head of an answer from 400 the library takes the exchange for over, and lets it
      // go on (HttpClient 5.6, HttpAsyncMainClientExec). Without effect once it has ended.
      runtime.discardEndpoint();
      return done;
    }
  }
}
