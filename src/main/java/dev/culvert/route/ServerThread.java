package dev.culvert.route;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits for the server's own thread to leave the exchange it began. An upstream on the same machine
 * may answer before the thread is out of the filter chain; Payara then recycles request and
 * response while that thread still works on them, and the next exchange gets objects that two
 * threads use.
 */
final class ServerThread {

  private static final long LONGEST = TimeUnit.SECONDS.toNanos(2);
  private static final long PAUSE = TimeUnit.MICROSECONDS.toNanos(100);

  /** That for the class that was met last: a server has one. */
  private static volatile ReturnProbe probe = ReturnProbe.of(AsyncContext.class);

  private ServerThread() {}

  /**
   * Returns when the dispatch that started the asynchronous exchange has returned to the server, or
   * after two seconds.
   */
  static void awaitReturn(HttpServletRequest request) {
    awaitReturn(() -> hasReturned(request));
  }

  /** Returns when that is so, or after two seconds. */
  static void awaitReturn(BooleanSupplier hasReturned) {
    long start = System.nanoTime();
    while (!hasReturned.getAsBoolean() && System.nanoTime() - start < LONGEST) {
      LockSupport.parkNanos(PAUSE);
    }
  }

  /**
   * Whether it has left; an exchange that has ended gives the same answer. Of the Servlet API's
   * questions one is answered differently from then on ({@link AsyncContext#setTimeout}).
   */
  static boolean hasReturned(HttpServletRequest request) {
    try {
      AsyncContext exchange = request.getAsyncContext();
      Optional<Boolean> known = probe(exchange).hasReturned(exchange);
      if (known.isPresent()) {
        return known.get();
      }
      exchange.setTimeout(0);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  private static ReturnProbe probe(AsyncContext exchange) {
    ReturnProbe last = probe;
    if (!last.isFor(exchange)) {
      last = ReturnProbe.of(exchange.getClass());
      probe = last;
    }
    return last;
  }
}
