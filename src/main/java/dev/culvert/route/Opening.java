package dev.culvert.route;

import dev.culvert.boundary.StreamSpec;
import dev.culvert.handshake.UpstreamResponse;
import dev.culvert.provider.Attempt;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** How a handshake that both sides have agreed to becomes a stream. */
interface Opening {

  /** Why the client's connection cannot become a stream; null when it can. */
  String refusal(HttpServletRequest request);

  /**
   * Whether {@link #open} has the server upgrade the connection; it wants an exchange that the
   * server can upgrade then, see {@link Suspension}.
   */
  boolean upgradesByServer();

  /**
   * Answers the client with the 101 and opens the stream.
   *
   * @param request {@link Suspension#request} of the exchange
   * @param connection of the upstream; it belongs to the stream, or is closed when this fails
   * @param attempt whose lease the stream names; taken over unless this fails, and handed over to
   *     the host with the stream, or closed when that does not begin
   * @throws IllegalStateException when the stream cannot be opened
   * @throws IOException when the client is gone
   */
  void open(
      HttpServletRequest request,
      HttpServletResponse response,
      UpstreamResponse.Switch agreed,
      long connection,
      StreamSpec stream,
      Attempt attempt)
      throws IOException;
}
