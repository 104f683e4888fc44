package dev.culvert.handshake;

import static dev.culvert.handshake.Requests.ACCEPT;
import static dev.culvert.handshake.Requests.webSocket;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.DialResult;
import dev.culvert.config.Route;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;

/** Answers of an upstream, and what they are judged to be. */
final class Responses {

  /** Of a 101 that agrees to the request of {@link Requests#webSocket}. */
  static final Headers GOOD =
      Headers.of("Upgrade", "websocket", "Connection", "Upgrade", "Sec-WebSocket-Accept", ACCEPT);

  private Responses() {}

  static DialResult response(int status, Headers headers, String body, boolean cut) {
    List<String> pairs = new ArrayList<>();
    headers.fields().forEach(field -> pairs.addAll(List.of(field.name(), field.value())));
    return new DialResult(DialResult.RESPONSE, 0, status, pairs, body.getBytes(UTF_8), cut, 0, "");
  }

  /** What an answer to the request of {@link Requests#webSocket} is. */
  static UpstreamResponse judge(DialResult result, Route route) {
    return UpstreamResponse.judge(result, webSocket().request(), "websocket", route);
  }

  static void assertMismatch(UpstreamResponse answer) {
    assertThat(answer)
        .asInstanceOf(InstanceOfAssertFactories.type(Refusal.class))
        .extracting(Refusal::status, Refusal::outcome)
        .containsExactly(502, Outcome.BAD_RESPONSE);
  }
}
