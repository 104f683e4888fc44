package dev.culvert.route;

import dev.culvert.handshake.Refusal;
import dev.culvert.route.UpstreamSearch.Found;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;

/** The Servlet API's asynchronous processing; the exchange goes on on the gateway's threads. */
final class AsyncSuspension implements Suspension {

  private static final Logger LOG = System.getLogger("dev.culvert.handshake");

  private final Gateway gateway;
  private final HttpServletRequest http;
  private final AsyncContext async;
  private final Runnable awaitReturn;

  /**
   * @param gone run when the client has left; perhaps more than once
   * @param awaitReturn waits until the server's thread has left the exchange
   */
  AsyncSuspension(
      Gateway gateway,
      HttpServletRequest http,
      HttpServletResponse response,
      Runnable gone,
      Runnable awaitReturn) {
    this.gateway = gateway;
    this.http = http;
    this.awaitReturn = awaitReturn;
    this.async = http.startAsync(http, response);
    async.setTimeout(0); // the search has its own
    async.addListener(new ClientGone(gone));
  }

  @Override
  public HttpServletRequest request() {
    return http;
  }

  /**
   * The exchange is finished by another thread than the one that began it, and by none that others
   * wait for: clients may be slow to take an answer. Where the client has left, the thread that
   * says so finishes it; the server may give the request to another client afterwards.
   */
  @Override
  public void resume(Found found, Runnable conclusion, Consumer<Refusal> lost) {
    if (found instanceof Found.Left) {
      finish(conclusion);
      return;
    }
    Runnable finish =
        () -> {
          awaitReturn.run();
          finish(conclusion);
        };
    boolean opens = found instanceof Found.Switched;
    (opens ? gateway.openings() : gateway.answers()).execute(finish, this::cutOff);
  }

  /** Before the server ends the exchange by itself, for which threads of its own would wait. */
  private void cutOff() {
    boolean unused = gateway.host().abort(http);
  }

  private void finish(Runnable conclusion) {
    try {
      conclusion.run();
    } finally {
      complete();
    }
  }

  /**
   * Has the server call the filter once more, on one of its threads.
   *
   * @param path within the application
   * @throws IllegalStateException when the exchange has ended
   */
  void dispatch(String path) {
    async.dispatch(path);
  }

  /** Ends the exchange, unless the server has. */
  void complete() {
    try {
      async.complete();
    } catch (IllegalStateException e) {
      LOG.log(Level.DEBUG, "the server had ended the exchange: {0}", e.getMessage());
    }
  }
}
