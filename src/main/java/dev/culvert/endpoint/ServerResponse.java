package dev.culvert.endpoint;

import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The server's own response, whatever filters have put around it. */
public final class ServerResponse {

  private ServerResponse() {}

  /** The innermost response. */
  public static HttpServletResponse of(HttpServletResponse response) {
    HttpServletResponse inner = response;
    while (inner instanceof ServletResponseWrapper wrapper) {
      inner = (HttpServletResponse) wrapper.getResponse();
    }
    return inner;
  }

  /**
   * Has the head on its way, though a filter may hold it back; what filters add to it as it goes is
   * added.
   *
   * @throws IOException when the client is gone
   */
  public static void commit(HttpServletResponse response) throws IOException {
    response.flushBuffer();
    HttpServletResponse inner = of(response);
    if (!inner.isCommitted()) {
      inner.flushBuffer();
    }
  }
}
