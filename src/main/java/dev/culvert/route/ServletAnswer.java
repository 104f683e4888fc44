package dev.culvert.route;

import dev.culvert.boundary.HostBoundary;
import dev.culvert.thread.WriteGuard;
import dev.culvert.turn.HttpAnswer;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The answer to a turn's request, through the server's response. */
final class ServletAnswer implements HttpAnswer {

  private final AsyncContext async;
  private final HttpServletResponse response;
  private final WriteGuard guard;

  ServletAnswer(HostBoundary host, AsyncContext async, WriteGuard guard) {
    this.async = async;
    this.response = (HttpServletResponse) async.getResponse();
    this.guard = guard;
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

  @Override
  public void finish() {
    try {
      async.complete();
    } catch (IllegalStateException e) {
      System.getLogger("dev.culvert.turn")
          .log(System.Logger.Level.DEBUG, "the server had ended the exchange: {0}", e.getMessage());
    }
  }
}
