package dev.culvert.route;

import dev.culvert.boundary.HostBoundary;
import dev.culvert.thread.WriteGuard;
import dev.culvert.turn.HttpAnswer;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** The answer to a turn's request, through the server's response. */
final class ServletAnswer implements HttpAnswer {

  private static final System.Logger LOG = System.getLogger("dev.culvert.turn");

  private final HostBoundary host;
  private final AsyncContext async;
  private final HttpServletResponse response;
  private final WriteGuard guard;

  /**
   * @param stall longest time of one write
   */
  ServletAnswer(HostBoundary host, AsyncContext async, Turns turns, Duration stall) {
    this.host = host;
    this.async = async;
    this.response = (HttpServletResponse) async.getResponse();
    this.guard = turns.guard(stall, this::breakOff);
    host.decline(async.getRequest()); // a write may find the client gone
  }

  @Override
  public void head(int status, Map<String, String> headers) {
    response.setStatus(status);
    headers.forEach(response::setHeader);
  }

  @Override
  public void write(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try {
      guard.run(
          () -> {
            response.getOutputStream().write(bytes);
            response.flushBuffer();
          });
    } catch (IllegalStateException e) {
      throw new IOException("the server has ended the exchange", e);
    }
  }

  /**
   * While the write is under way, as its failure has servers end the exchange at once, and wait for
   * the client to take what they hold for it: Undertow with a thread, up to its {@code
   * write-timeout}; Grizzly with the connection.
   */
  private void breakOff() {
    try {
      boolean unused = host.abort(async.getRequest());
    } catch (RuntimeException | LinkageError e) { // the server may have ended it meanwhile
      LOG.log(System.Logger.Level.DEBUG, "the server's exchange cannot be ended", e);
    }
  }

  @Override
  public void finish() {
    try {
      async.complete();
    } catch (IllegalStateException e) {
      LOG.log(System.Logger.Level.DEBUG, "the server had ended the exchange: {0}", e.getMessage());
    }
  }
}
