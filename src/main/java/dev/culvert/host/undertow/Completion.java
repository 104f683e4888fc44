package dev.culvert.host.undertow;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import jakarta.servlet.ServletRequest;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Where an asynchronous exchange is completed whose answer has been written with a write listener:
 * on its I/O thread, which Undertow would have a worker ask otherwise (2.3.23, {@code
 * AsyncContextImpl.completeInternal}); but on a worker where something of the request is left. For
 * that Undertow waits, which an I/O thread must not: it would leave the exchange unfinished for
 * good, or cut the answer off.
 */
record Completion(HttpServerExchange exchange, ServletRequest request, Runnable task) {

  /** Any thread; nobody else reads the request meanwhile. */
  void begin() {
    if (exchange.isInIoThread()) {
      go();
    } else {
      hand(exchange.getIoThread(), this::go);
    }
  }

  private void go() {
    if (isRead()) {
      task.run();
    } else {
      hand(exchange.getConnection().getWorker(), task);
    }
  }

  /**
   * Whether nothing of the request is waited for; looked at once, since Undertow learns of its end
   * from a read only. A client that waits to be asked for its body is not asked any more: Undertow
   * ends such a request with the head of the answer.
   */
  private boolean isRead() {
    if (exchange.isRequestComplete() || HttpContinue.requiresContinueResponse(exchange)) {
      return true;
    }
    try {
      return request.getInputStream().available() == 0 && exchange.isRequestComplete();
    } catch (IOException | RuntimeException | Error e) { // nobody else would complete it
      return false;
    }
  }

  /** A server that stops takes nothing more. */
  private static void hand(Executor executor, Runnable next) {
    try {
      executor.execute(next);
    } catch (RejectedExecutionException e) {
      next.run();
    }
  }
}
