package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.SecureServer;
import dev.culvert.testkit.ServerJvm;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Streams and handshakes leave nothing behind, wherever they end. The profile {@code stress} sets
 * the full numbers.
 *
 * <p>The figures are compared at rest. After the last handshake the server keeps some 3 MB for five
 * seconds: Grizzly every connection that ended while it was kept alive, hence a server with a short
 * {@link SecureServer#KEEP_ALIVE}, and up to 16 requests for each of the gateway's threads, which
 * end when idle as long. The server's own threads stay, each with a buffer of 64 KiB and its last
 * request; the first batch starts as many as there will be.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Leak {

  private static final int CYCLES = Integer.getInteger("culvert.stress.cycles", 500);
  private static final int ABORTS = Integer.getInteger("culvert.stress.aborts", 150);

  /** Decides where the clients abort. */
  private static final long SEED = Long.getLong("culvert.stress.seed", 1);

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Of which the host must keep none once all connections are gone. */
  private static final List<String> HOST_TYPES =
      List.of(
          "dev.culvert.host.relay.Stream",
          "dev.culvert.host.Handshake",
          "dev.culvert.host.dial.Dial",
          "dev.culvert.route.TunnelHandshake");

  private EchoUpstream echo;
  private ScriptedUpstream silent;
  private Client client;
  private ServerJvm jvm;
  private Management management;

  private long filesBefore;
  private int threadsBefore;
  private HeapWatch heap;

  /** To be called before all tests. */
  final void deploy(Application application, Client itsClient) throws IOException {
    echo = EchoUpstream.start();
    silent = ScriptedUpstream.silent();
    client = itsClient;
    jvm = application.server().jvm();
    application.deploy(
        Config.empty()
            .routeTo("echo", echo.url())
            .routeTo("slow", silent.url())
            .onRoute("slow", "handshake-timeout", "200ms")
            .routeTo("dead", "http://127.0.0.1:" + unusedPort())
            .packed());
    management = new Management(application.server());
    warmUp();
  }

  /** Everything that is loaded or started on the first occasions is there before the counting. */
  private void warmUp() throws IOException {
    openAndClose(100);
    abort(ABORTS, new Random(SEED));
    awaitRest();
    filesBefore = jvm.openFiles();
    threadsBefore = jvm.threadCount();
    heap = HeapWatch.start(jvm);
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @AfterAll
  final void close() throws IOException {
    echo.close();
    silent.close();
  }

  @Test
  void of_streams_that_come_and_go_nothing_is_left() throws Exception {
    openAndClose(CYCLES);

    assertNothingIsLeft();
  }

  @Test
  void of_handshakes_that_clients_abort_nothing_is_left() throws Exception {
    abort(ABORTS, new Random(SEED + 1));

    assertNothingIsLeft();
  }

  /** Every way to end: a close handshake or a half-close, from the client, or a hang-up. */
  private void openAndClose(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      String token = i % 2 == 0 ? EchoStream.WEBSOCKET : Config.RAW;
      EchoStream stream = EchoStream.open(client, "/echo/", token);
      stream.assertEchoes("cycle " + i);
      if (i % 3 == 0) {
        stream.close();
      } else {
        stream.finish();
      }
    }
  }

  private void abort(int count, Random random) throws IOException {
    for (int i = 0; i < count; i++) {
      String path = List.of("/echo/", "/slow/", "/dead/", "/none/").get(random.nextInt(4));
      String token = random.nextBoolean() ? EchoStream.WEBSOCKET : Config.RAW;
      abort(client.request(path, token), random);
    }
  }

  /** Sends the head or part of it, reads nothing or part of the answer, and goes. */
  private void abort(String head, Random random) throws IOException {
    try (Wire wire = client.connect()) {
      boolean whole = random.nextBoolean();
      wire.send(whole ? head : head.substring(0, random.nextInt(head.length())));
      if (whole && random.nextInt(3) == 0) {
        wire.read(1 + random.nextInt(60));
      }
      if (random.nextBoolean()) {
        wire.reset();
      }
    }
  }

  private void awaitRest() {
    awaitEnds();
    await("the end of the gateway's threads")
        .atMost(LIMIT)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> !jvm.threadNames().contains("culvert-gateway"));
  }

  private void awaitEnds() {
    await("the end of all connections")
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              assertThat(management.streams().getActive()).as("streams").isZero();
              assertThat(management.host().getHandshakes()).as("handshakes").isZero();
              assertThat(echo.live()).as("connections to the upstream").isZero();
              assertThat(silent.live()).as("connections to the silent one").isZero();
            });
  }

  private void assertNothingIsLeft() {
    awaitRest();
    await("the start's figures")
        .atMost(LIMIT)
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> {
              assertThat(jvm.openFiles()).as("files").isLessThanOrEqualTo(filesBefore);
              assertThat(jvm.threadCount()).as("threads").isLessThanOrEqualTo(threadsBefore);
            });
    jvm.collectGarbage();
    assertThat(HOST_TYPES).allSatisfy(type -> assertThat(jvm.instancesOf(type)).as(type).isZero());
    heap.awaitReturn();
  }
}
