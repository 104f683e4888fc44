package dev.culvert.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimulatedUpstreamTest {

  private static final String FAREWELL = "response.completed";

  private final AtomicLong clock = new AtomicLong();
  private final List<AutoCloseable> owned = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : owned) {
      each.close();
    }
  }

  @Test
  void aTurnIsMetadataThenOutputThenTheTerminalEvent() throws IOException {
    Wire client = connect(start());

    assertThat(turn(client, "c", "hello"))
        .containsExactly(
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.output_text.delta",
            "response.output_text.delta",
            FAREWELL);
  }

  @Test
  void aBackendCachesWhatItHasReadAndReportsIt() throws IOException {
    SimulatedUpstream upstream = start();
    Wire client = connect(upstream);

    turn(client, "c", "one two", "three");
    send(client, "c", "one two", "three", "four five");

    String last = until(client, FAREWELL);
    assertThat(last).contains("\"input_tokens\":5").contains("\"cached_tokens\":3");
    assertThat(upstream.cache()).isEqualTo(new CacheTotals(5, 3));
  }

  @Test
  void connectionsSpreadOverBackendsThatShareNoCache() throws IOException {
    SimulatedUpstream upstream = start(SimulatedUpstream.Settings.PLAIN.withBackends(8));
    for (int i = 0; i < 64; i++) {
      turn(connect(upstream), "c", "one two");
    }

    CacheTotals totals = upstream.cache();
    assertThat(totals.cached()).isEqualTo(2 * (64 - 8));
  }

  @Test
  void onlyTheNewestResponseOfTheConnectionCanBeContinued() throws IOException {
    Wire client = connect(start());
    turn(client, "c", "one");
    turn(client, "c", "two");

    raw(client, continuing("resp_1_1"));
    assertThat(event(client)).contains("previous_response_not_found");
    raw(client, continuing("resp_1_2"));
    assertThat(event(client)).contains("response.created");
  }

  @Test
  void beyondItsAgeAConnectionTakesNoTurn() throws IOException {
    SimulatedUpstream upstream =
        start(new SimulatedUpstream.Settings(1, Duration.ofMinutes(60), clock::get));
    Wire client = connect(upstream);
    clock.set(Duration.ofMinutes(60).toNanos());
    turn(client, "c", "one");

    clock.incrementAndGet();
    send(client, "c", "two");

    assertThat(event(client)).contains("websocket_connection_limit_reached");
    assertThat(WebSocketFrame.read(client).opcode()).isEqualTo(WebSocketFrame.CLOSE);
  }

  @Test
  void rateLimitsComeBeforeEverythingElse() throws IOException {
    SimulatedUpstream upstream = start();
    upstream.script(Script.ending("response.incomplete").withRateLimits().withDeltas(1));
    Wire client = connect(upstream);

    send(client, "c", "one");

    assertThat(event(client)).contains("codex.rate_limits");
    assertThat(until(client, "response.incomplete")).contains("\"status\":\"incomplete\"");
  }

  @Test
  void faultsStrikeAfterTheirStage() throws IOException {
    SimulatedUpstream upstream = start();
    upstream.script(
        Script.fault(Stage.METADATA, new Action.Close(1011)),
        Script.fault(Stage.FRAME, new Action.Drop()),
        Script.fault(Stage.VISIBLE, new Action.Binary()),
        Script.only("not json"));

    Wire first = connect(upstream);
    send(first, "c", "one");
    assertThat(event(first)).contains("response.created");
    assertThat(event(first)).contains("response.in_progress");
    assertThat(WebSocketFrame.read(first).closeCode()).isEqualTo(1011);

    Wire second = connect(upstream);
    send(second, "c", "one");
    assertThat(second.readToEnd()).isEmpty();

    Wire third = connect(upstream);
    send(third, "c", "one");
    until(third, "response.output_text.delta");
    assertThat(WebSocketFrame.read(third).opcode()).isEqualTo(WebSocketFrame.BINARY);
    send(third, "c", "two");
    assertThat(event(third)).isEqualTo("not json");
  }

  @Test
  void aStalledTurnAnswersPingsAndRefusesAnotherTurn() throws IOException {
    SimulatedUpstream upstream = start();
    upstream.script(Script.fault(Stage.FRAME, new Action.Stall()));
    Wire client = connect(upstream);
    send(client, "c", "one");

    client.send(WebSocketFrame.ofClient(true, WebSocketFrame.PING, new byte[0]).bytes());
    assertThat(WebSocketFrame.read(client).opcode()).isEqualTo(WebSocketFrame.PONG);
    send(client, "c", "two");
    assertThat(event(client)).contains("response_in_progress");
    assertThat(upstream.connections().get(0).pings()).isEqualTo(1);
  }

  @Test
  void aTurnWaitsAtAGate() throws IOException {
    SimulatedUpstream upstream = start();
    CountDownLatch gate = new CountDownLatch(1);
    upstream.script(Script.fault(Stage.METADATA, new Action.Wait(gate)));
    Wire client = connect(upstream);
    send(client, "c", "one");
    until(client, "response.in_progress");

    gate.countDown();

    assertThat(until(client, FAREWELL)).contains("word0 word1");
  }

  @Test
  void upgradesAreHeldAndRefused() throws IOException {
    SimulatedUpstream upstream = start();
    upstream.refuse(429, "Retry-After: 7");
    CountDownLatch gate = upstream.holdUpgrades();
    Wire client = own(Wire.connect(upstream.port()));
    client.send(Upgrades.request(upstream.port(), "/v1/responses", "websocket"));
    Awaitility.await().until(() -> upstream.live() == 1);
    assertThat(upstream.connections()).isEmpty();

    gate.countDown();

    ResponseHead head = client.readResponse();
    assertThat(head.status()).isEqualTo(429);
    assertThat(head.first("Retry-After")).contains("7");
    assertThat(client.readToEnd()).isEmpty();
  }

  @Test
  void aTestMaySendCloseDropAndMuteAConnection() throws IOException {
    SimulatedUpstream upstream = start();
    Wire client = connect(upstream);
    SimConnection connection = upstream.connections().get(0);
    connection.send("unsolicited");
    assertThat(event(client)).isEqualTo("unsolicited");
    connection.close(1001);
    assertThat(WebSocketFrame.read(client).closeCode()).isEqualTo(1001);

    Wire dropped = connect(upstream);
    upstream.connections().get(1).drop();
    assertThat(dropped.readToEnd()).isEmpty();

    Wire muted = connect(upstream);
    upstream.connections().stream().reduce((a, b) -> b).orElseThrow().mute();
    send(muted, "c", "one");
    Awaitility.await().until(() -> upstream.requests().size() == 1);
    muted.send(WebSocketFrame.ofClient(true, WebSocketFrame.CLOSE, new byte[0]).bytes());
    assertThat(muted.readToEnd()).isEmpty();
  }

  private SimulatedUpstream start() throws IOException {
    return start(SimulatedUpstream.Settings.PLAIN);
  }

  private SimulatedUpstream start(SimulatedUpstream.Settings settings) throws IOException {
    return own(SimulatedUpstream.start(settings));
  }

  private Wire connect(SimulatedUpstream upstream) throws IOException {
    Wire wire = own(Wire.connect(upstream.port()));
    wire.send(Upgrades.request(upstream.port(), "/v1/responses", "websocket"));
    assertThat(wire.readResponse().status()).isEqualTo(101);
    return wire;
  }

  private <T extends AutoCloseable> T own(T resource) {
    owned.add(resource);
    return resource;
  }

  private static List<String> turn(Wire client, String conversation, String... input)
      throws IOException {
    send(client, conversation, input);
    List<String> types = new ArrayList<>();
    while (!types.contains(FAREWELL)) {
      String event = event(client);
      assertThat(event).contains("\"conversation\":\"" + conversation + "\"");
      types.add(event.replaceAll("^\\{\"type\":\"([^\"]*)\".*", "$1"));
    }
    return types;
  }

  private static void send(Wire client, String conversation, String... input) throws IOException {
    raw(
        client,
        "{\"type\":\"response.create\",\"prompt_cache_key\":\""
            + conversation
            + "\",\"input\":[\""
            + String.join("\",\"", input)
            + "\"]}");
  }

  private static String continuing(String responseId) {
    return "{\"type\":\"response.create\",\"previous_response_id\":\"" + responseId + "\"}";
  }

  private static void raw(Wire client, String text) throws IOException {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    client.send(WebSocketFrame.ofClient(true, WebSocketFrame.TEXT, payload).bytes());
  }

  private static String until(Wire client, String type) throws IOException {
    String event = event(client);
    while (!event.contains("\"type\":\"" + type + "\"")) {
      event = event(client);
    }
    return event;
  }

  private static String event(Wire client) throws IOException {
    WebSocketFrame frame = WebSocketFrame.read(client);
    assertThat(frame.opcode()).isEqualTo(WebSocketFrame.TEXT);
    return new String(frame.payload(), StandardCharsets.UTF_8);
  }
}
