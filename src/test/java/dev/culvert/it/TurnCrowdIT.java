package dev.culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.sim.Script;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerLog;
import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** WebSocket clients that together hold up more turns than there may be threads that wait. */
@ExtendWith(ServerExtension.class)
class TurnCrowdIT extends TurnSockets {

  /** Each holds up as many turns as it may have. */
  private static final int CLIENTS = 40;

  private static final int LANES = 8;

  private static final int MOST_HELD_UP = 256;

  /** More than the systems' buffers hold. */
  private static final Script LONG = Script.RIGHT.withDeltas(20).withPadding(32 * 1024);

  private static final Pattern HELD_UP = Pattern.compile("turn\\.socket\\.SocketTurn\\.events");

  private static final int NARROW = 4096;

  private final List<Wire> crowd = new ArrayList<>();

  @BeforeAll
  static void deploy() throws IOException {
    application.deploy(
        Config.empty()
            .turns("v1", "llm", upstream.port())
            .onRoute("v1", "stream.stall-timeout", "1h")
            .packed());
  }

  @AfterEach
  void end() throws IOException {
    for (Wire wire : crowd) {
      wire.close();
    }
  }

  @Test
  void who_takes_nothing_for_longest_is_given_up_and_all_others_are_served() throws Exception {
    ServerLog log = application.server().log();
    int mark = log.mark();
    for (int i = 0; i < CLIENTS; i++) {
      crowd.add(stalled());
    }

    log.await(mark, "CULVERT-T006 ", LIMIT);
    await("no more, and not all")
        .atMost(LIMIT)
        .untilAsserted(
            () -> assertThat(heldUp()).isBetween(MOST_HELD_UP / 2L, (long) MOST_HELD_UP));
    try (TurnSocketPeer peer = connect()) {
      assertThat(peer.ask(conversation).turn()).isEqualTo(TYPES);
    }
  }

  /** Whose lanes wait for it. */
  private Wire stalled() throws IOException {
    Wire wire = Wire.connect(application.server().port(), NARROW);
    wire.send(new Client(application).request("/v1/responses", "websocket"));
    assertThat(wire.readResponse().status()).isEqualTo(101);
    for (int lane = 0; lane < LANES; lane++) {
      upstream.script(LONG);
      String request =
          TurnSocketPeer.request(conversation).add("stream_id", lane).build().toString();
      wire.send(
          WebSocketFrame.ofClient(true, WebSocketFrame.TEXT, request.getBytes(UTF_8)).bytes());
    }
    return wire;
  }

  private static long heldUp() {
    return HELD_UP.matcher(application.server().jvm().threadDump()).results().count();
  }
}
