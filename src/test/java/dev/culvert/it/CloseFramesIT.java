package dev.culvert.it;

import static dev.culvert.testkit.WebSocketFrame.BINARY;
import static dev.culvert.testkit.WebSocketFrame.CLOSE;
import static dev.culvert.testkit.WebSocketFrame.CONTINUATION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.SecureServer;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A close that the gateway starts arrives between two frames, on either side, also over TLS. */
@ExtendWith(ServerExtension.class)
class CloseFramesIT {

  private static final String TLS_1_2 = "TLSv1.2";
  private static final String TLS_1_3 = "TLSv1.3";
  private static final int FRAGMENT = 256 * 1024;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Holds the upstream back in the middle of a frame. */
  private final CountDownLatch killed = new CountDownLatch(1);

  private final BlockingQueue<WebSocketFrame> seenByUpstream = new LinkedBlockingQueue<>();
  private Management management;
  private ScriptedUpstream upstream;

  @BeforeEach
  void start() throws IOException {
    upstream =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              connection.send(Upgrades.switching(request));
              if (request.target().endsWith("/sends")) {
                sendMessageWithPause(connection);
              }
              answerClose(connection);
            });
  }

  private void deploy(Hops hops) throws IOException {
    hops.application().deploy(hops.routeTo(Config.empty(), "frames", upstream.url()).packed());
    management = new Management(hops.application().server());
  }

  @AfterEach
  void close() throws IOException {
    upstream.close();
  }

  /** A message of 1 MiB in four fragments; the pause is in the middle of the second one. */
  private void sendMessageWithPause(Wire connection) throws IOException {
    byte[] payload = new byte[FRAGMENT];
    connection.send(WebSocketFrame.ofServer(false, BINARY, payload).bytes());
    byte[] second = WebSocketFrame.ofServer(false, CONTINUATION, payload).bytes();
    connection.send(Arrays.copyOf(second, second.length / 2));
    awaitKill();
    connection.send(Arrays.copyOfRange(second, second.length / 2, second.length));
    connection.send(WebSocketFrame.ofServer(false, CONTINUATION, payload).bytes());
    connection.send(WebSocketFrame.ofServer(true, CONTINUATION, payload).bytes());
  }

  private void answerClose(Wire connection) throws IOException {
    WebSocketFrame frame;
    do {
      frame = WebSocketFrame.read(connection);
      seenByUpstream.add(frame);
    } while (frame.opcode() != CLOSE);
    connection.send(frame.closeAnswer().bytes());
  }

  private void awaitKill() {
    await("the kill").atMost(LIMIT).until(() -> killed.getCount() == 0);
  }

  private void kill() {
    String id = management.awaitStream("frames").id();
    assertThat(management.streams().close(id, 1001, "maintenance")).isEqualTo(1);
    await("the close")
        .atMost(LIMIT)
        .until(() -> management.awaitStream("frames").state().equals("closing"));
    killed.countDown();
  }

  @Test
  void in_the_middle_of_a_message_the_client_gets_1001(Application application) throws Exception {
    killInsideMessage(Hops.plain(application));
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS_1_2, TLS_1_3})
  void in_the_middle_of_a_message_the_client_gets_1001_over_tls(
      String protocol, SecureServer secure) throws Exception {
    try (Hops hops = Hops.tls(secure, protocol)) {
      killInsideMessage(hops);
    }
  }

  private void killInsideMessage(Hops hops) throws Exception {
    deploy(hops);
    try (WebSocketPeer client = hops.peer("/frames/sends")) {
      await("half of the second fragment").atMost(LIMIT).until(() -> client.received() > FRAGMENT);

      kill();

      assertThat(client.awaitClose()).isEqualTo(new WebSocketPeer.Close(1001, "maintenance"));
      assertThat(client.received()).isEqualTo(2L * FRAGMENT);
    }
  }

  @Test
  void in_the_middle_of_a_frame_the_upstream_gets_the_rest_of_it_first(Application application)
      throws Exception {
    killInsideFrame(Hops.plain(application));
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS_1_2, TLS_1_3})
  void in_the_middle_of_a_frame_the_upstream_gets_the_rest_of_it_first_over_tls(
      String protocol, SecureServer secure) throws Exception {
    try (Hops hops = Hops.tls(secure, protocol)) {
      killInsideFrame(hops);
    }
  }

  private void killInsideFrame(Hops hops) throws Exception {
    deploy(hops);
    byte[] payload = new byte[FRAGMENT];
    Arrays.fill(payload, (byte) 'x');
    byte[] frame = WebSocketFrame.ofClient(false, BINARY, payload).bytes();

    try (Wire client = hops.client().open("/frames/", "websocket")) {
      client.send(Arrays.copyOf(frame, frame.length / 2));
      await("half of the frame")
          .atMost(LIMIT)
          .until(() -> management.awaitStream("frames").bytesToUpstream() == frame.length / 2);

      kill();

      WebSocketFrame close = WebSocketFrame.read(client);
      assertThat(close.closeCode()).isEqualTo(1001);
      assertThat(close.masked()).isFalse();
      client.send(Arrays.copyOfRange(frame, frame.length / 2, frame.length));
      client.send(close.closeAnswer().bytes());
      assertThat(client.readToEnd()).isEmpty();
    }

    WebSocketFrame whole = seenByUpstream.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    WebSocketFrame close = seenByUpstream.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(whole.payload()).isEqualTo(payload);
    assertThat(close.opcode()).isEqualTo(CLOSE);
    assertThat(close.masked()).isTrue();
    assertThat(close.closeCode()).isEqualTo(1001);
    assertThat(close.closeReason()).isEqualTo("maintenance");
  }
}
