package dev.culvert.route;

import dev.culvert.boundary.HostBoundary;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.Methods;
import dev.culvert.handshake.Outcome;
import dev.culvert.handshake.Refusal;
import dev.culvert.handshake.UpstreamResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes ordinary answers to clients. After an answer to a request to upgrade the connection
 * closes: what the client has sent by then may be meant for the protocol it asked for, and must not
 * be taken for requests. The same holds for {@code CONNECT}.
 */
final class Answers {

  private static final String CONNECTION = "Connection";

  /** Fields in which what the server and other filters say counts too. */
  private static final Set<String> SHARED = Set.of("set-cookie", "vary");

  private final HostBoundary host;

  Answers(HostBoundary host) {
    this.host = host;
  }

  /**
   * Refuses. The body tells the client what it did wrong; of upstreams and of our own faults it
   * learns the status only.
   */
  void refuse(HttpServletRequest request, HttpServletResponse response, Refusal refusal)
      throws IOException {
    boolean clientsFault =
        refusal.outcome() == Outcome.REFUSED || refusal.outcome() == Outcome.FORBIDDEN;
    String text = refusal.status() + (clientsFault ? " " + refusal.detail() : "") + "\n";
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    response.setContentLength(body.length);
    response.setContentType("text/plain;charset=utf-8");
    answer(request, response, refusal.status(), refusal.headers(), body);
  }

  /** Answers {@code OPTIONS} for ourselves. */
  void allow(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Headers headers = Headers.of("Allow", Methods.ALLOWED);
    answer(request, response, HttpServletResponse.SC_NO_CONTENT, headers, new byte[0]);
  }

  /** Passes an upstream's answer on. */
  void relay(HttpServletRequest request, HttpServletResponse response, UpstreamResponse.Relay relay)
      throws IOException {
    answer(request, response, relay.status(), relay.headers(), relay.body());
  }

  private void answer(
      HttpServletRequest request,
      HttpServletResponse response,
      int status,
      Headers headers,
      byte[] body)
      throws IOException {
    begin(request, response, status, headers);
    response.getOutputStream().write(body);
    response.flushBuffer();
  }

  /** Has the exchange end with a status and nothing else; waits for nobody. */
  void end(HttpServletRequest request, HttpServletResponse response, int status) {
    begin(request, response, status, Headers.NONE);
  }

  private void begin(
      HttpServletRequest request, HttpServletResponse response, int status, Headers headers) {
    response.setStatus(status);
    set(response, headers);
    if (request.getHeader("Upgrade") != null || request.getMethod().equals("CONNECT")) {
      response.setHeader(CONNECTION, withClose(headers));
    }
    host.decline(request);
  }

  private static String withClose(Headers headers) {
    return Stream.concat(headers.values(CONNECTION).stream(), Stream.of("close"))
        .collect(Collectors.joining(", "));
  }

  /** Puts the fields in the place of those that the server or another filter has set. */
  static void set(HttpServletResponse response, Headers headers) {
    Set<String> replaced = new HashSet<>();
    for (Headers.Field field : headers.fields()) {
      String name = field.name().toLowerCase(Locale.ROOT);
      if (SHARED.contains(name) || !replaced.add(name)) {
        response.addHeader(field.name(), field.value());
      } else {
        response.setHeader(field.name(), field.value());
      }
    }
  }
}
