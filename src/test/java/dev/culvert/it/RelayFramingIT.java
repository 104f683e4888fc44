package dev.culvert.it;

import static dev.culvert.testkit.WebSocketFrame.BINARY;
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
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Frames of RFC 6455 (section 5) on both sides of a relay, one by one: what a client may send comes
 * through, what it must not send ends its connection.
 */
@ExtendWith(ServerExtension.class)
class RelayFramingIT {

  private static EchoUpstream echo;
  private static Client client;

  @BeforeAll
  static void deploy(Application application) throws IOException {
    echo = EchoUpstream.start();
    client = new Client(application);
    application.deploy(
        Config.empty().routeTo("echo", echo.url()).onRoute("echo", "mode", "relay").packed());
  }

  @AfterAll
  static void close() throws IOException {
    echo.close();
  }

  private static RelayPeer open() throws IOException {
    return RelayPeer.open(client, "/echo/");
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
        WebSocketFrame pong = answers.poll(30, TimeUnit.SECONDS);
        assertThat(pong.opcode()).isEqualTo(PONG);
        assertThat(pong.masked()).isTrue();
        assertThat(new String(pong.payload(), UTF_8)).isEqualTo("p");
      }
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
      peer.send(WebSocketFrame.ofClient(true, TEXT, HexFormat.ofDelimiter(" ").parseHex(bytes)));

      assertThat(peer.awaitClose()).isEqualTo(1007);
    }
  }
}
