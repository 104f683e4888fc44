package dev.culvert.it;

import static dev.culvert.it.Config.RAW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.Identity;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.SecureServer;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.TlsTerminator;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams whose clients' TLS connections stay with the server, to upstreams that speak TLS. */
@ExtendWith(ServerExtension.class)
class PortableTlsIT {

  private static final String TLS_1_2 = "TLSv1.2";
  private static final String TLS_1_3 = "TLSv1.3";
  private static final int LARGE = 16 * 1024 * 1024;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static SecureServer secure;
  private static Identity upstreamIdentity;

  private final BlockingQueue<byte[]> seenByUpstream = new ArrayBlockingQueue<>(1);

  /** Opened when the upstream may read. */
  private final CountDownLatch reading = new CountDownLatch(1);

  private Application application;
  private Management management;
  private EchoUpstream echo;
  private ScriptedUpstream scripted;

  @BeforeAll
  static void startServer(SecureServer shared) {
    secure = shared;
    upstreamIdentity = secure.authority().issue("127.0.0.1");
  }

  @BeforeEach
  void start() throws IOException {
    application = secure.server().application("portabletls");
    echo = EchoUpstream.start();
    scripted = ScriptedUpstream.onRequest(this::serve);
  }

  private void serve(RequestHead request, Wire connection) throws IOException {
    connection.send(Upgrades.switching(request));
    if (request.target().endsWith("/sends")) {
      connection.send(pattern());
      connection.readToEnd();
    } else {
      Awaitility.await("leave to read").atMost(LIMIT).until(() -> reading.getCount() == 0);
      seenByUpstream.add(connection.read(LARGE));
      connection.send("heard");
    }
  }

  @AfterEach
  void stop() throws IOException {
    application.close();
    echo.close();
    scripted.close();
  }

  private TlsTerminator deployRoute(String name, int port, String protocol) throws IOException {
    TlsTerminator upstream =
        new TlsTerminator(
            upstreamIdentity.context(secure.authority().certificate()), port, protocol);
    application.deploy(
        Config.empty()
            .portable()
            .routeTo(name, upstream.url())
            .onRoute(name, "on-redeploy", "detached")
            .set("upstreams." + name + ".tls.trust", secure.trust().toString())
            .packed());
    management = new Management(secure.server());
    return upstream;
  }

  private Client client(String protocol) {
    return Client.secure(application, secure, protocol);
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS_1_2, TLS_1_3})
  void they_carry_messages_and_end_with_the_deployment(String protocol) throws Exception {
    try (TlsTerminator upstream = deployRoute("echo", echo.port(), protocol);
        EchoStream webSocket = EchoStream.open(client(protocol), "/echo/");
        EchoStream opaque = EchoStream.open(client(protocol), "/echo/", RAW)) {
      for (int i = 0; i < 100; i++) {
        webSocket.assertEchoes("message " + i);
        opaque.assertEchoes("message " + i);
      }
      CompletableFuture<Void> undeployment = CompletableFuture.runAsync(application::undeploy);

      assertThat(webSocket.awaitEnd()).isEqualTo(1001);
      assertThat(opaque.awaitEnd()).isEqualTo(EchoStream.NO_CLOSE_FRAME);
      undeployment.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      assertThat(management.list("echo")).isEmpty();
    }
  }

  @Test
  void a_client_that_reads_late_gets_every_byte() throws Exception {
    try (TlsTerminator upstream = deployRoute("scripted", port(), TLS_1_3);
        Wire wire = client(TLS_1_3).open("/scripted/sends", RAW)) {
      Awaitility.await("back-pressure")
          .during(Duration.ofMillis(500))
          .atMost(LIMIT)
          .until(() -> management.awaitStream("scripted").bytesFromUpstream() < LARGE);

      assertThat(Arrays.mismatch(wire.read(LARGE), pattern())).isEqualTo(-1);
    }
    management.awaitStreams("scripted", 0);
  }

  @Test
  void an_upstream_that_reads_late_gets_every_byte() throws Exception {
    try (TlsTerminator upstream = deployRoute("scripted", port(), TLS_1_3);
        Wire wire = client(TLS_1_3).open("/scripted/", RAW)) {
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> {
                try {
                  wire.send(pattern());
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      Awaitility.await("back-pressure")
          .during(Duration.ofMillis(500))
          .atMost(LIMIT)
          .until(() -> management.awaitStream("scripted").bytesToUpstream() < LARGE);
      reading.countDown();

      byte[] seen = seenByUpstream.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
      assertThat(seen).as("in time").isNotNull();
      assertThat(Arrays.mismatch(seen, pattern())).isEqualTo(-1);
      assertThat(wire.readText(5)).isEqualTo("heard");
      sending.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
    management.awaitStreams("scripted", 0);
  }

  @Test
  void a_client_that_hangs_up_ends_the_stream() throws Exception {
    try (TlsTerminator upstream = deployRoute("echo", echo.port(), TLS_1_3)) {
      try (EchoStream stream = EchoStream.open(client(TLS_1_3), "/echo/", RAW)) {
        stream.assertEchoes("hello");
      }
      management.awaitStreams("echo", 0);
    }
  }

  /** A client that takes neither the rest of the stream nor the alert after it. */
  @ParameterizedTest
  @CsvSource({RAW + ",1s,false", EchoStream.WEBSOCKET + ",1s,false", RAW + ",10m,true"})
  void a_client_that_takes_nothing_is_cut_off_and_harms_nobody(
      String token, String stallTimeout, boolean undeployed) throws Exception {
    try (ScriptedUpstream flood = ScriptedUpstream.onRequest(Stalls::flood)) {
      application.deploy(
          Stalls.configured(Config.empty().portable(), echo, flood, stallTimeout).packed());
      management = new Management(secure.server());
      Stalls stalls = new Stalls(client(TLS_1_3), management);
      try (Wire stalled = stalls.open(token)) {
        management.streams().closeByRoute("flood");
        management.awaitStreams("flood", 0);
        if (undeployed) {
          application.undeploy();
        }

        Stalls.awaitRefusal(stalled);
        if (!undeployed) {
          stalls.assertOthersAreServed();
        }
      }
    }
  }

  private int port() {
    String authority = scripted.authority();
    return Integer.parseInt(authority.substring(authority.lastIndexOf(':') + 1));
  }

  private static byte[] pattern() {
    byte[] bytes = new byte[LARGE];
    new Random(1).nextBytes(bytes);
    return bytes;
  }
}
