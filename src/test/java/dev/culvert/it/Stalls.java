package dev.culvert.it;

import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Clients that take nothing of route {@code flood}, beside others of route {@code echo}. */
record Stalls(Client client, Management management) {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int PIECE = 64 * 1024;

  /** Enough that each of the server's threads gets some of them. */
  private static final int OTHERS = 20;

  /** The routes. */
  static Config configured(
      Config config, EchoUpstream echo, ScriptedUpstream flood, String stallTimeout) {
    return config
        .routeTo("echo", echo.url())
        .routeTo("flood", flood.url())
        .onRoute("flood", "close-grace", "200ms")
        .onRoute("flood", "stream.stall-timeout", stallTimeout);
  }

  /** An upstream that sends more than anybody takes, and takes nothing. */
  static void flood(RequestHead request, Wire connection) throws IOException {
    connection.send(Upgrades.switching(request));
    byte[] frame = WebSocketFrame.ofServer(true, WebSocketFrame.BINARY, new byte[PIECE]).bytes();
    while (true) {
      connection.send(frame);
    }
  }

  /** A client that takes nothing, with no byte moving any more. */
  Wire open(String token) throws IOException {
    Wire wire = client.open("/flood/", token);
    awaitStandstill();
    return wire;
  }

  /** Waits until no byte moves in either direction. */
  void awaitStandstill() {
    long[] last = {-1};
    await("the standstill")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(300))
        .until(
            () -> {
              long before = last[0];
              last[0] = bytes();
              return last[0] > 0 && last[0] == before;
            });
  }

  /**
   * Waits until what a client sends meets no connection any more: nothing else shows its end to one
   * that reads nothing.
   */
  static void awaitRefusal(Wire wire) {
    await("its end").atMost(LIMIT).until(() -> isRefused(wire));
  }

  private static boolean isRefused(Wire wire) {
    try {
      wire.send(WebSocketFrame.ofClient(true, WebSocketFrame.BINARY, new byte[1]).bytes());
      return false;
    } catch (IOException expected) {
      return true;
    }
  }

  private long bytes() {
    var stream = management.awaitStream("flood");
    return stream.bytesFromUpstream() + stream.bytesToUpstream();
  }

  void assertOthersAreServed() throws IOException {
    List<EchoStream> others = new ArrayList<>();
    for (int i = 0; i < OTHERS; i++) {
      EchoStream other = EchoStream.open(client, "/echo/");
      other.assertEchoes("hello");
      others.add(other);
    }
    others.forEach(EchoStream::finish);
    management.awaitStreams("echo", 0);
  }
}
