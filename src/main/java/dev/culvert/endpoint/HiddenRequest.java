package dev.culvert.endpoint;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpSession;
import java.util.HashMap;
import java.util.Map;

/**
 * A request as the server's endpoint sees it. The filter has settled everything; here the query
 * would only be parsed once more, and with the HTTP session the server would close the WebSocket
 * session in its own way when the deployment ends.
 */
final class HiddenRequest extends HttpServletRequestWrapper {

  HiddenRequest(HttpServletRequest request) {
    super(request);
  }

  @Override
  public String getQueryString() {
    return null;
  }

  @Override
  public Map<String, String[]> getParameterMap() {
    return new HashMap<>();
  }

  @Override
  public HttpSession getSession(boolean create) {
    return null;
  }

  @Override
  public HttpSession getSession() {
    return null;
  }
}
