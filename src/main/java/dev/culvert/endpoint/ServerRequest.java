package dev.culvert.endpoint;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;

/** The server's own request, whatever filters have put around it. */
public final class ServerRequest {

  private ServerRequest() {}

  /** The innermost request. */
  public static ServletRequest of(ServletRequest request) {
    ServletRequest inner = request;
    while (inner instanceof ServletRequestWrapper wrapper) {
      inner = wrapper.getRequest();
    }
    return inner;
  }
}
