package dev.culvert.it;

import static dev.culvert.testkit.WebSocketFrame.CLOSE;
import static dev.culvert.testkit.WebSocketFrame.PING;
import static dev.culvert.testkit.WebSocketFrame.PONG;
import static dev.culvert.testkit.WebSocketFrame.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.WebSocketFrame;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The end of a connection (RFC 6455, section 7) on both sides of a relay: how a client ends it and
 * what the upstream learns, the other way round, and what an upstream must not send.
 */
@ExtendWith(ServerExtension.class)
class RelayClosingIT {

  private static final long LIMIT_SECONDS = 30;

  private static ScriptedUpstream scripted;
  private static Client client;

  /** What the scripted upstream sends after its 101. */
  private static final BlockingQueue<List<byte[]>> SCRIPTS = new LinkedBlockingQueue<>();

  /** The close code that the scripted upstream got, 1006 for none. */
  private static final BlockingQueue<Integer> SEEN = new LinkedBlockingQueue<>();

  @BeforeAll
  static void deploy(Application application) throws IOException {
    scripted =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              connection.send(Upgrades.switching(request));
              for (byte[] bytes : SCRIPTS.remove()) {
                connection.send(bytes);
              }
              SEEN.add(new RelayPeer(connection).awaitClose());
            });
    client = new Client(application);
    application.deploy(
        Config.empty()
            .routeTo("scripted", scripted.url())
            .onRoute("scripted", "mode", "relay")
            .packed());
  }

  @AfterAll
  static void close() throws IOException {
    scripted.close();
  }

  @BeforeEach
  @AfterEach
  void nothingIsLeft() {
    SCRIPTS.clear();
    SEEN.clear();
  }

  private static byte[] hex(String bytes) {
    return HexFormat.ofDelimiter(" ").parseHex(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999})
  void close_codes_of_the_client_reach_the_upstream(int code) throws Exception {
    SCRIPTS.add(List.of());
    try (RelayPeer peer = RelayPeer.open(client, "/scripted/")) {
      peer.close(code, "bye");

      assertThat(peer.awaitClose()).isEqualTo(code);
      assertThat(SEEN.poll(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(code);
    }
  }

  @Test
  void a_close_without_a_code_is_normal() throws Exception {
    SCRIPTS.add(List.of());
    try (RelayPeer peer = RelayPeer.open(client, "/scripted/")) {
      peer.send(WebSocketFrame.ofClient(true, CLOSE, new byte[0]));

      assertThat(peer.awaitClose()).isIn(1000, 1005);
      assertThat(SEEN.poll(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(1000);
    }
  }

  @Test
  void of_a_client_without_a_word_the_upstream_learns_that_it_has_gone() throws Exception {
    SCRIPTS.add(List.of(WebSocketFrame.ofServer(true, TEXT, new byte[] {'x'}).bytes()));
    try (RelayPeer peer = RelayPeer.open(client, "/scripted/")) {
      assertThat(peer.message().text()).isEqualTo("x");
      // Payara reads by now: it does not notice a client that leaves right after the 101.
      assertThat(peer.send(true, PING, "").frame().opcode()).isEqualTo(PONG);
    }

    assertThat(SEEN.poll(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(1001);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65535})
  void close_codes_that_must_not_be_sent_are_not_passed_on(int code) throws Exception {
    SCRIPTS.add(List.of());
    try (RelayPeer peer = RelayPeer.open(client, "/scripted/")) {
      peer.close(code, "");

      assertThat(peer.awaitClose()).isIn(1002, EchoStream.NO_CLOSE_FRAME);
      assertThat(SEEN.poll(LIMIT_SECONDS, TimeUnit.SECONDS)).isIn(1001, 1002);
    }
  }

  static Stream<Arguments> upstreamsThatEnd() {
    return Stream.of(
        ofUpstream("normal", 1000, 1000, RelayPeer.closePayload(1000, "done")),
        ofUpstream("of its own", 4321, 4321, RelayPeer.closePayload(4321, "own")),
        ofUpstream("overload", 1013, 1013, RelayPeer.closePayload(1013, "")),
        ofUpstream("no code", 1000, 1000, new byte[0]),
        ofUpstream("half a code", 1011, 1002, new byte[] {3}),
        ofUpstream("1005 on the wire", 1011, 1002, RelayPeer.closePayload(1005, "")),
        ofUpstream("1006 on the wire", 1011, 1002, RelayPeer.closePayload(1006, "")),
        ofUpstream("1015 on the wire", 1011, 1002, RelayPeer.closePayload(1015, "")),
        ofUpstream("reason not UTF-8", 1011, 1007, hex("03 e8 ff")));
  }

  private static Arguments ofUpstream(String name, int clientSees, int upstreamSees, byte[] close) {
    return Arguments.of(
        name, clientSees, upstreamSees, WebSocketFrame.ofServer(true, CLOSE, close).bytes());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("upstreamsThatEnd")
  void how_an_upstream_ends(String name, int clientSees, int upstreamSees, byte[] bytes)
      throws Exception {
    SCRIPTS.add(List.of(bytes));
    try (RelayPeer peer = RelayPeer.open(client, "/scripted/")) {
      assertThat(peer.awaitClose()).isEqualTo(clientSees);
      assertThat(SEEN.poll(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(upstreamSees);
    }
  }

  /** Undertow sends no close frame inside a message; the connection ends without one. */
  private static final Set<String> UNFINISHED =
      Set.of("message inside another", "not UTF-8 across fragments");

  static Stream<Arguments> brokenUpstreams() {
    byte[] masked = WebSocketFrame.ofClient(true, TEXT, new byte[] {'x'}).bytes();
    return Stream.of(
        Arguments.of("masked", 1002, masked),
        Arguments.of("reserved bit", 1002, hex("c1 01 78")),
        Arguments.of("opcode 3", 1002, hex("83 00")),
        Arguments.of("continuation of nothing", 1002, hex("80 01 78")),
        Arguments.of("message inside another", 1002, hex("01 01 78 81 01 78")),
        Arguments.of("fragmented ping", 1002, hex("09 00")),
        Arguments.of("not UTF-8", 1007, hex("81 02 c0 80")),
        Arguments.of("not UTF-8 across fragments", 1007, hex("01 01 c3 80 01 28")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenUpstreams")
  void an_upstream_that_breaks_the_protocol_is_told_and_the_client_gets_1011(
      String name, int upstreamSees, byte[] bytes) throws Exception {
    SCRIPTS.add(List.of(bytes));
    boolean silent = ServerKind.underTest() == ServerKind.WILDFLY && UNFINISHED.contains(name);
    try (RelayPeer peer = RelayPeer.open(client, "/scripted/")) {
      assertThat(peer.awaitClose()).isEqualTo(silent ? EchoStream.NO_CLOSE_FRAME : 1011);
      assertThat(SEEN.poll(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(upstreamSees);
    }
  }

  @Test
  void an_upstream_that_hangs_up_without_a_word_shows_as_1011() throws Exception {
    try (ScriptedUpstream rude =
            ScriptedUpstream.onRequest(
                (request, connection) -> connection.send(Upgrades.switching(request)));
        Application own = client.server().application("rude")) {
      own.deploy(
          Config.empty().routeTo("rude", rude.url()).onRoute("rude", "mode", "relay").packed());
      try (RelayPeer peer = RelayPeer.open(new Client(own), "/rude/")) {
        assertThat(peer.awaitClose()).isEqualTo(1011);
      }
    }
  }
}
