package dev.culvert.endpoint;

import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletResponse;

/** The server's own response, whatever filters have put around it. */
public final class ServerResponse {

  private ServerResponse() {}

  /** The innermost response, which commits at once what filters may hold back. */
  public static HttpServletResponse of(HttpServletResponse response) {
    HttpServletResponse inner = response;
    while (inner instanceof ServletResponseWrapper wrapper) {
      inner = (HttpServletResponse) wrapper.getResponse();
    }
    return inner;
  }
}
