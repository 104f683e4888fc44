package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.ServerExtension;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Turns of HTTP clients, on pooled sockets of the upstream. */
@ExtendWith(ServerExtension.class)
class TurnsIT {

  private SimulatedUpstream upstream;
  private TurnPeer peer;

  @BeforeEach
  void deploy(Application application) throws IOException {
    upstream = SimulatedUpstream.start();
    peer = new TurnPeer(application, "/v1/responses");
    application.deploy(config().packed());
  }

  private Config config() {
    return Config.empty()
        .upstream("llm", "ws://127.0.0.1:" + upstream.port())
        .set("routes.llm.path", "/v1/*")
        .set("routes.llm.upstreams", "llm")
        .set("routes.llm.mode", "turns");
  }

  @AfterEach
  void close() throws IOException {
    upstream.close();
  }

  @Test
  void a_client_that_streams_gets_the_events() throws Exception {
    try (EventStream events = peer.stream("c")) {
      assertThat(events.status()).isEqualTo(200);
      assertThat(events.contentType()).startsWith("text/event-stream");
      assertThat(events.types())
          .containsExactly(
              "response.created",
              "response.in_progress",
              "response.output_item.added",
              "response.output_text.delta",
              "response.output_text.delta",
              "response.completed");
    }
    assertThat(upstream.connections().get(0).head().target()).isEqualTo("/v1/responses");
  }

  @Test
  void a_client_that_does_not_stream_gets_the_response() throws Exception {
    HttpResponse<String> answer = peer.ask("c");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/json");
    assertThat(answer.body()).startsWith("{\"id\":\"resp_1_1\"").contains("word0 word1 ");
  }

  @Test
  void turns_of_one_conversation_share_a_connection() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertThat(peer.ask("one").statusCode()).isEqualTo(200);
    }

    assertThat(upstream.requests()).hasSize(5);
    assertThat(upstream.accepted()).isEqualTo(1);
  }

  @Test
  void other_conversations_have_their_own() throws Exception {
    for (String conversation : new String[] {"a", "b", "c", "a", "b", "c"}) {
      assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    }

    assertThat(upstream.accepted()).isEqualTo(3);
  }
}
