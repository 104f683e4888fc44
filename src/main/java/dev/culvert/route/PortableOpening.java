package dev.culvert.route;

import dev.culvert.boundary.StreamSpec;
import dev.culvert.handshake.UpstreamResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** Tunnel mode where the client's connection stays with the server. */
record PortableOpening(Gateway gateway) implements Opening {

  @Override
  public String refusal(HttpServletRequest request) {
    return null;
  }

  /** Tomcat upgrades no exchange that has been asynchronous. */
  @Override
  public boolean needsServerThread() {
    return true;
  }

  @Override
  public void open(
      HttpServletRequest request,
      HttpServletResponse response,
      UpstreamResponse.Switch agreed,
      long connection,
      StreamSpec stream) {
    response.setStatus(HttpServletResponse.SC_SWITCHING_PROTOCOLS);
    Answers.set(response, agreed.headers());
    gateway.portableStreams().open(request, response, connection, stream);
  }
}
