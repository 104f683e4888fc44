package dev.culvert.route;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.StreamSpec;
import dev.culvert.handshake.UpstreamResponse;
import dev.culvert.provider.Attempt;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** Tunnel mode: the host takes the client's connection over. */
record TunnelOpening(Gateway gateway) implements Opening {

  @Override
  public String refusal(HttpServletRequest request) {
    return gateway.host().refusal(request);
  }

  @Override
  public boolean upgradesByServer() {
    return false;
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
    gateway.host().open(gateway.deployment(), request, response, connection, Fields.of(stream));
    attempt.handOver();
  }
}
