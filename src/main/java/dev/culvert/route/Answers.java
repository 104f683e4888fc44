package dev.culvert.route;

import dev.culvert.handshake.Headers;
import dev.culvert.handshake.Outcome;
import dev.culvert.handshake.Refusal;
import dev.culvert.handshake.UpstreamResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Writes ordinary answers to clients. */
final class Answers {

  private Answers() {}

  /**
   * Refuses. The body tells the client what it did wrong; of upstreams and of our own faults it
   * learns the status only.
   */
  static void refuse(HttpServletResponse response, Refusal refusal) throws IOException {
    boolean clientsFault =
        refusal.outcome() == Outcome.REFUSED || refusal.outcome() == Outcome.FORBIDDEN;
    String text = refusal.status() + (clientsFault ? " " + refusal.detail() : "") + "\n";
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    response.setStatus(refusal.status());
    set(response, refusal.headers());
    response.setContentType("text/plain;charset=utf-8");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
    response.flushBuffer();
  }

  /** Passes an upstream's answer on. */
  static void relay(HttpServletResponse response, UpstreamResponse.Relay relay) throws IOException {
    response.setStatus(relay.status());
    set(response, relay.headers());
    response.getOutputStream().write(relay.body());
    response.flushBuffer();
  }

  static void set(HttpServletResponse response, Headers headers) {
    for (Headers.Field field : headers.fields()) {
      response.addHeader(field.name(), field.value());
    }
  }
}
