package dev.culvert.http;

import java.io.IOException;
import java.util.Optional;
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

  /** Who is told. */
  interface Call {

    /** There is a connection, and the head of the request is made for it. */
    void connected(Cancellable execution);

    /** The connection was kept from an earlier request. */
    void kept();

    /**
     * The head of the request goes out.
     *
     * @throws IOException when it must not any more
     */
    void composed() throws IOException;

    /** Whether all of the request has been handed over. */
    boolean isRequestEnded();
  }

  private static final String CALL = "dev.culvert.connected.call";
  private static final String TOLD = "dev.culvert.connected.told";

  /** Has a call told. */
  static void tell(HttpContext context, Call call) {
    context.setAttribute(CALL, call);
  }

  /** The connection of this request was kept from an earlier one. */
  static void kept(HttpContext context) {
    call(context).ifPresent(Call::kept);
  }

  /** The library has found nothing wrong with the head of the request. */
  static void composed(HttpContext context) throws IOException {
    Optional<Call> call = call(context);
    if (call.isPresent()) {
      call.get().composed();
    }
  }

  private static Optional<Call> call(HttpContext context) {
    return Optional.ofNullable((Call) context.getAttribute(CALL));
  }

  /** Whether the request has gone out, or is about to: what comes now is the upstream's answer. */
  static boolean isTold(HttpContext context) {
    return context.getAttribute(TOLD) != null;
  }

  @Override
  public void execute(
      HttpRequest request,
      AsyncEntityProducer entity,
      AsyncExecChain.Scope scope,
      AsyncExecChain chain,
      AsyncExecCallback callback)
      throws HttpException, IOException {
    scope.clientContext.setAttribute(TOLD, true);
    Execution execution = new Execution(scope.cancellableDependency, scope.execRuntime);
    Optional<Call> call = call(scope.clientContext);
    call.ifPresent(told -> told.connected(execution));
    chain.proceed(
        request,
        call.isPresent() && entity != null
            ? new Upload(entity, call.get()::isRequestEnded)
            : entity,
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
      // After the head of an answer from 400 the library takes the exchange for over, and lets it
      // go on (HttpClient 5.6, HttpAsyncMainClientExec). Without effect once it has ended.
      runtime.discardEndpoint();
      return done;
    }
  }
}
