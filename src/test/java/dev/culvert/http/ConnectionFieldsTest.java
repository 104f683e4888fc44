package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.handshake.Headers;
import dev.culvert.handshake.ProxiedRequest;
import dev.culvert.testkit.ScriptedUpstream;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Over HTTP/1.1; HTTP/2 is {@link SecureUpstreamTest}'s. */
class ConnectionFieldsTest {

  @AutoClose private final Transport transport = TransportRig.transport();

  private RecordedAnswer get(ScriptedUpstream upstream, Headers headers) {
    return RecordedAnswer.of(
        answer ->
            new UpstreamCall(
                transport,
                TransportRig.to(upstream),
                new ProxiedRequest.Ready("GET", "upstream.test", "/", headers),
                Optional.empty(),
                TransportRig.LIMITS,
                answer));
  }

  @Test
  void what_te_asks_for_is_of_the_connection() throws Exception {
    try (ScriptedUpstream upstream =
        ScriptedUpstream.answering(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")) {
      assertThat(get(upstream, Headers.of("TE", "trailers")).text()).isEqualTo("ok");
      assertThat(upstream.nextRequest().all("Connection")).contains("TE");

      assertThat(get(upstream, Headers.NONE).text()).isEqualTo("ok");
      assertThat(upstream.nextRequest().all("Connection")).doesNotContain("TE");
    }
  }
}
