package dev.culvert.it;

import static dev.culvert.testkit.WebSocketFrame.BINARY;
import static dev.culvert.testkit.WebSocketFrame.CLOSE;
import static dev.culvert.testkit.WebSocketFrame.CONTINUATION;
import static dev.culvert.testkit.WebSocketFrame.PING;
import static dev.culvert.testkit.WebSocketFrame.PONG;
import static dev.culvert.testkit.WebSocketFrame.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RFC 6455 on both sides of a relay, frame by frame: what a client may send comes through, what it
 * must not send ends its connection, and the same for the upstream.
 */
@ExtendWith(ServerExtension.class)
class RelayConformanceIT {

  private static EchoUpstream echo;
  private static ScriptedUpstream scripted;
  private static Client client;

  /** What the scripted upstream sends behind its 101. */
  private static final BlockingQueue<List<byte[]>> SCRIPTS = new LinkedBlockingQueue<>();

  /** The close code that the scripted upstream got, 1006 for none. */
  private static final BlockingQueue<Integer> SEEN = new LinkedBlockingQueue<>();

  @BeforeAll
  static void deploy(Application application) throws IOException {
    echo = EchoUpstream.start();
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
            .routeTo("echo", echo.url())
            .onRoute("echo", "mode", "relay")
            .routeTo("scripted", scripted.url())
            .onRoute("scripted", "mode", "relay")
            .packed());
  }

  @AfterAll
  static void close() throws IOException {
    echo.close();
    scripted.close();
  }

  @BeforeEach
  @AfterEach
  void nothingIsLeft() {
    SCRIPTS.clear();
    SEEN.clear();
  }

  private static RelayPeer open() throws IOException {
    return RelayPeer.open(client, "/echo/");
  }

  private static byte[] hex(String bytes) {
    return HexFormat.of().parseHex(bytes.replace(" ", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0",
    "1, 1",
    "1, 125",
    "1, 126",
    "1, 127",
    "1, 128",
    "1, 65535",
    "1, 65536",
    "1, 1000000",
    "2, 0",
    "2, 125",
    "2, 126",
    "2, 65535",
    "2, 65536",
    "2, 70000",
    "2, 1000000",
  })
  void messages_of_all_lengths_come_back(int type, int length) throws IOException {
    try (RelayPeer peer = open()) {
      peer.send(true, type, "*".repeat(length));

      RelayPeer.Message echoed = peer.message();

      assertThat(echoed.type()).isEqualTo(type);
      assertThat(echoed.text()).isEqualTo("*".repeat(length));
    }
  }

  @Test
  void bytes_may_come_one_by_one() throws IOException {
    try (RelayPeer peer = open()) {
      byte[] frame = WebSocketFrame.ofClient(true, TEXT, "slow but sure".getBytes(UTF_8)).bytes();
      for (byte single : frame) {
        peer.wire().send(new byte[] {single});
      }

      assertThat(peer.message().text()).isEqualTo("slow but sure");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 125})
  void pings_come_back_as_pongs(int length) throws IOException {
    try (RelayPeer peer = open()) {
      peer.send(true, PING, "x".repeat(length));

      WebSocketFrame pong = peer.frame();

      assertThat(pong.opcode()).isEqualTo(PONG);
      assertThat(pong.payload()).hasSize(length);
    }
  }

  @Test
  void a_pong_that_nobody_asked_for_is_dropped() throws IOException {
    try (RelayPeer peer = open()) {
      peer.send(true, PONG, "unasked").send(true, PING, "asked");

      assertThat(new String(peer.frame().payload(), UTF_8)).isEqualTo("asked");
    }
  }

  @Test
  void control_frames_between_fragments() throws IOException {
    try (RelayPeer peer = open()) {
      peer.send(false, TEXT, "frag").send(true, PING, "1").send(true, CONTINUATION, "ment");

      List<WebSocketFrame> frames = List.of(peer.frame(), peer.frame(), peer.frame());

      assertThat(frames).filteredOn(frame -> frame.opcode() == PONG).hasSize(1);
      assertThat(
              frames.stream()
                  .filter(frame -> frame.opcode() != PONG)
                  .map(frame -> new String(frame.payload(), UTF_8)))
          .containsExactly("frag", "ment");
    }
  }

  @Test
  void empty_fragments() throws IOException {
    try (RelayPeer peer = open()) {
      peer.send(false, TEXT, "").send(false, CONTINUATION, "").send(true, CONTINUATION, "");
      assertThat(peer.message().text()).isEmpty();

      peer.send(false, BINARY, "").send(false, CONTINUATION, "middle").send(true, CONTINUATION, "");
      RelayPeer.Message message = peer.message();
      assertThat(message.type()).isEqualTo(BINARY);
      assertThat(message.text()).isEqualTo("middle");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 64, 997})
  void text_may_be_cut_anywhere(int fragment) throws IOException {
    String text = "Hëllö-µ@ßöäüàá-UTF-8!! 日本語 🦊 ".repeat(40);
    byte[] bytes = text.getBytes(UTF_8);
    try (RelayPeer peer = open()) {
      for (int at = 0; at < bytes.length; at += fragment) {
        int end = Math.min(at + fragment, bytes.length);
        peer.send(
            WebSocketFrame.ofClient(
                end == bytes.length,
                at == 0 ? TEXT : CONTINUATION,
                Arrays.copyOfRange(bytes, at, end)));
      }

      assertThat(peer.message().text()).isEqualTo(text);
    }
  }

  static Stream<Arguments> forbiddenFrames() {
    return Stream.of(
        Arguments.of("reserved bit 1", frames(0x40 | TEXT, true, "x"), 1002),
        Arguments.of("reserved bit 2", frames(0x20 | TEXT, true, "x"), 1002),
        Arguments.of("reserved bit 3", frames(0x10 | BINARY, true, "x"), 1002),
        Arguments.of("reserved bit of a ping", frames(0x40 | PING, true, "x"), 1002),
        Arguments.of("opcode 3", frames(3, true, "x"), 1002),
        Arguments.of("opcode 7", frames(7, true, ""), 1002),
        Arguments.of("opcode 11", frames(11, true, "x"), 1002),
        Arguments.of("opcode 15", frames(15, true, ""), 1002),
        Arguments.of("ping of 126 bytes", frames(PING, true, "x".repeat(126)), 1002),
        Arguments.of("fragmented ping", frames(PING, false, "x"), 1002),
        Arguments.of("fragmented pong", frames(PONG, false, "x"), 1002),
        Arguments.of("continuation of nothing", frames(CONTINUATION, true, "x"), 1002),
        Arguments.of(
            "message inside another",
            Stream.concat(frames(TEXT, false, "a").stream(), frames(TEXT, true, "b").stream())
                .toList(),
            1002));
  }

  private static List<WebSocketFrame> frames(int opcode, boolean fin, String payload) {
    return List.of(WebSocketFrame.ofClient(fin, opcode, payload.getBytes(UTF_8)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("forbiddenFrames")
  void what_a_client_must_not_send_ends_its_connection(
      String name, List<WebSocketFrame> frames, int code) throws IOException {
    try (RelayPeer peer = open()) {
      peer.send(true, TEXT, "before");
      assertThat(peer.message().text()).isEqualTo("before");

      peer.send(frames.toArray(WebSocketFrame[]::new));

      assertThat(peer.awaitClose()).isIn(code, EchoStream.NO_CLOSE_FRAME);
    }
  }

  /** Overlong, surrogates, above U+10FFFF, cut off. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80 65",
        "c0 80",
        "e0 80 80",
        "ed bf bf",
        "f4 90 80 80",
        "f8 88 80 80 80",
        "fe",
        "80",
        "ce",
      })
  void text_that_is_not_utf_8_ends_the_connection_with_1007(String bytes) throws IOException {
    try (RelayPeer peer = open()) {
      peer.send(WebSocketFrame.ofClient(true, TEXT, hex(bytes)));

      assertThat(peer.awaitClose()).isEqualTo(1007);
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999})
  void close_codes_of_the_client_reach_the_upstream(int code) throws Exception {
    SCRIPTS.add(List.of());
    try (RelayPeer peer = RelayPeer.open(client, "/scripted/")) {
      peer.close(code, "bye");

      assertThat(peer.awaitClose()).isEqualTo(code);
      assertThat(SEEN.poll(10, TimeUnit.SECONDS)).isEqualTo(code);
    }
  }

  @Test
  void a_close_without_a_code_is_normal() throws Exception {
    SCRIPTS.add(List.of());
    try (RelayPeer peer = RelayPeer.open(client, "/scripted/")) {
      peer.send(WebSocketFrame.ofClient(true, CLOSE, new byte[0]));

      assertThat(peer.awaitClose()).isIn(1000, 1005);
      assertThat(SEEN.poll(10, TimeUnit.SECONDS)).isEqualTo(1000);
    }
  }

  @Test
  void of_a_client_without_a_word_the_upstream_learns_that_it_has_gone() throws Exception {
    SCRIPTS.add(List.of(WebSocketFrame.ofServer(true, TEXT, new byte[] {'x'}).bytes()));
    try (RelayPeer peer = RelayPeer.open(client, "/scripted/")) {
      assertThat(peer.message().text()).isEqualTo("x");
      // Payara reads by now: it does not notice a client that leaves right behind the 101.
      assertThat(peer.send(true, PING, "").frame().opcode()).isEqualTo(PONG);
    }

    assertThat(SEEN.poll(10, TimeUnit.SECONDS)).isEqualTo(1001);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65535})
  void close_codes_that_must_not_be_sent_are_not_passed_on(int code) throws Exception {
    SCRIPTS.add(List.of());
    try (RelayPeer peer = RelayPeer.open(client, "/scripted/")) {
      peer.close(code, "");

      assertThat(peer.awaitClose()).isIn(1002, EchoStream.NO_CLOSE_FRAME);
      assertThat(SEEN.poll(10, TimeUnit.SECONDS)).isIn(1001, 1002);
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
        ofUpstream("reason not UTF-8", 1011, 1007, hex("03e8 ff")));
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
      assertThat(SEEN.poll(10, TimeUnit.SECONDS)).isEqualTo(upstreamSees);
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
      assertThat(SEEN.poll(10, TimeUnit.SECONDS)).isEqualTo(upstreamSees);
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

  @Test
  void pings_of_the_upstream_are_answered_for_the_client() throws Exception {
    BlockingQueue<WebSocketFrame> answers = new LinkedBlockingQueue<>();
    List<byte[]> pings = new ArrayList<>();
    pings.add(WebSocketFrame.ofServer(false, TEXT, "one".getBytes(UTF_8)).bytes());
    pings.add(WebSocketFrame.ofServer(true, PING, "p".getBytes(UTF_8)).bytes());
    pings.add(WebSocketFrame.ofServer(true, CONTINUATION, "two".getBytes(UTF_8)).bytes());
    try (ScriptedUpstream pinging =
            ScriptedUpstream.onRequest(
                (request, connection) -> {
                  connection.send(Upgrades.switching(request));
                  for (byte[] bytes : pings) {
                    connection.send(bytes);
                  }
                  answers.add(WebSocketFrame.read(connection));
                  connection.readToEnd();
                });
        Application own = client.server().application("pinging")) {
      own.deploy(
          Config.empty().routeTo("ping", pinging.url()).onRoute("ping", "mode", "relay").packed());
      try (Wire wire = new Client(own).open("/ping/", EchoStream.WEBSOCKET)) {
        assertThat(new RelayPeer(wire).message().text()).isEqualTo("onetwo");
        WebSocketFrame pong = answers.poll(10, TimeUnit.SECONDS);
        assertThat(pong.opcode()).isEqualTo(PONG);
        assertThat(pong.masked()).isTrue();
        assertThat(new String(pong.payload(), UTF_8)).isEqualTo("p");
      }
    }
  }
}
