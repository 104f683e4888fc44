package dev.culvert.route;

import dev.culvert.boundary.StreamSpec;
import dev.culvert.config.Route;
import dev.culvert.endpoint.ServerRequest;
import dev.culvert.handshake.UpstreamResponse;
import dev.culvert.provider.Attempt;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** Tunnel mode where the client's connection stays with the server. */
record PortableOpening(Gateway gateway, Route route) implements Opening {

  /**
   * Open Liberty reads a byte of its own before it announces any, which is lost unless the listener
   * takes it at once (26.0.0.3, {@code UpgradeInputByteBufferUtil}); its writes block.
   */
  private static final String LIBERTY = "com.ibm.ws.webcontainer";

  @Override
  public String refusal(HttpServletRequest request) {
    ServletRequest inner = ServerRequest.of(request);
    return inner.getClass().getName().startsWith(LIBERTY)
        ? "upgraded connections of Open Liberty lose bytes"
        : null;
  }

  @Override
  public boolean upgradesByServer() {
    return true;
  }

  @Override
  public void open(
      HttpServletRequest request,
      HttpServletResponse response,
      UpstreamResponse.Switch agreed,
      long connection,
      StreamSpec stream,
      Attempt attempt) {
    response.setStatus(HttpServletResponse.SC_SWITCHING_PROTOCOLS);
    Answers.set(response, agreed.headers());
    gateway
        .portableStreams()
        .open(request, response, connection, stream, attempt, PortableTerms.of(route));
  }
}
