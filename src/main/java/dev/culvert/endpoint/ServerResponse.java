package dev.culvert.endpoint;

import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;

/** The server's own response, whatever filters have put around it. */
public final class ServerResponse {

  private ServerResponse() {}

  /** The innermost response, which commits at once what filters may hold back. */
  public static ServletResponse of(ServletResponse response) {
    ServletResponse inner = response;
    while (inner instanceof ServletResponseWrapper wrapper) {
      inner = wrapper.getResponse();
    }
    return inner;
  }
}
