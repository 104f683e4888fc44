package dev.culvert.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.sim.Script;
import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.War;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** OpenAI's own SDK as the client of a route in mode {@code turns}. */
@ExtendWith(ServerExtension.class)
class OpenAiSdkIT {

  private static final String OUTPUT = "word0 word1 ";

  private static SimulatedUpstream upstream;
  private static RealClient sdk;

  /** A conversation that no other test has. */
  private final String conversation = UUID.randomUUID().toString();

  /** Connections and turns that the upstream had seen when the test began. */
  private long connectionsBefore;

  private long turnsBefore;

  @BeforeAll
  static void start(Application application) throws Exception {
    String script = Tools.node().resolve("openai.mjs").toString();
    upstream = SimulatedUpstream.start();
    application.deploy(
        War.culvert()
            .withConfig(
                Map.of(
                    "culvert.upstreams.llm.url", "ws://127.0.0.1:" + upstream.port(),
                    "culvert.routes.llm.path", "/v1/responses",
                    "culvert.routes.llm.mode", "turns",
                    "culvert.routes.llm.upstreams", "llm"))
            .packed());
    sdk = ScriptClient.start(List.of("node", script, application.http("/v1").toString()));
  }

  @AfterAll
  static void end() throws Exception {
    if (sdk != null) {
      sdk.close();
    }
    if (upstream != null) {
      upstream.close();
    }
  }

  @BeforeEach
  void count() {
    connectionsBefore = upstream.accepted();
    turnsBefore = upstream.requests().size();
  }

  private long opened() {
    return upstream.accepted() - connectionsBefore;
  }

  /** For each turn of the test the number of its connection, from 1. */
  private List<Long> connections() {
    return upstream.requests().stream()
        .skip(turnsBefore)
        .map(turn -> turn.connection() - connectionsBefore)
        .toList();
  }

  @Test
  void streams_and_whole_responses_of_a_conversation_share_a_connection() throws Exception {
    for (String command : List.of("create", "stream", "create", "stream")) {
      JsonObject response = ask(command, turn("go on").add("prompt_cache_key", conversation));

      assertThat(response.getString("status")).isEqualTo("completed");
      assertThat(response.getString("text")).isEqualTo(OUTPUT);
    }

    assertThat(connections()).containsExactly(1L, 1L, 1L, 1L);
    assertThat(opened()).isEqualTo(1);
  }

  @Test
  void a_stream_has_all_events() throws Exception {
    JsonObject response = ask("stream", turn("hello").add("prompt_cache_key", conversation));

    assertThat(response.getJsonArray("types").getValuesAs(JsonString::getString))
        .containsExactly(
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.output_text.delta",
            "response.output_text.delta",
            "response.completed");
    assertThat(response.getString("deltas")).isEqualTo(OUTPUT);
  }

  @Test
  void a_chain_of_responses_stays_on_its_connection() throws Exception {
    String last = ask("create", turn("one")).getString("id");
    ask("create", turn("another conversation"));
    for (String command : List.of("stream", "create", "stream")) {
      last = ask(command, turn("go on").add("previous_response_id", last)).getString("id");
    }

    assertThat(connections()).containsExactly(1L, 2L, 1L, 1L, 1L);
    assertThat(last).isEqualTo("resp_" + (connectionsBefore + 1) + "_4");
  }

  @Test
  void a_response_that_nobody_has_is_the_sdks_bad_request() throws Exception {
    JsonObject answer = ask("create", turn("go on").add("previous_response_id", "resp_9_9"));

    assertThat(answer.getString("failure")).isEqualTo("BadRequestError");
    assertThat(answer.getString("code")).isEqualTo("previous_response_not_found");
    assertThat(opened()).isZero();
  }

  @Test
  void an_early_error_is_the_sdks_error() throws Exception {
    String limit = "{\"type\":\"error\",\"error\":{\"code\":\"rate_limit_exceeded\"}}";
    upstream.script(Script.only(limit), Script.only(limit));
    for (String command : List.of("create", "stream")) {
      JsonObject answer = ask(command, turn("hello"));

      assertThat(answer.getString("failure")).isEqualTo("RateLimitError");
      assertThat(answer.getInt("status")).isEqualTo(429);
      assertThat(answer.getString("code")).isEqualTo("rate_limit_exceeded");
    }
  }

  private static JsonObjectBuilder turn(String text) {
    return Json.createObjectBuilder().add("model", "m").add("input", text);
  }

  private JsonObject ask(String command, JsonObjectBuilder body) throws Exception {
    String line =
        sdk.ask(Json.createObjectBuilder().add("command", command).add("body", body).build() + "");
    try (JsonReader reader = Json.createReader(new StringReader(line))) {
      return reader.readObject();
    }
  }
}
