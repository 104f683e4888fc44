package dev.culvert.it;

import static dev.culvert.it.Config.RAW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.SecureServer;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerJvm;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Streams that take their time. Those that stay silent begin before the others and are looked at
 * after them.
 */
@ExtendWith(ServerExtension.class)
@TestMethodOrder(OrderAnnotation.class)
class LongStreamsIT {

  /**
   * Longer than {@link SecureServer} keeps an idle HTTP connection. The profile {@code stress} sets
   * one that is longer than the servers do as they are shipped.
   */
  private static final Duration SILENCE =
      Duration.ofSeconds(
          Integer.getInteger(
              "culvert.stress.silence-seconds", (int) SecureServer.KEEP_ALIVE.toSeconds() + 3));

  private static final Duration ECHO_LIMIT = Duration.ofSeconds(1);
  private static final int SLOW_CLIENTS = 20;
  private static final long MEBIBYTE = 1024 * 1024;

  private static EchoUpstream echo;
  private static ScriptedUpstream firehose;
  private static final AtomicLong SENT = new AtomicLong();
  private static Application application;
  private static Client client;
  private static Application secureApplication;
  private static final List<Wire> SILENT = new ArrayList<>();
  private static Wire ordinary;
  private static long silentSince;

  @BeforeAll
  static void deploy(Application deployed, SecureServer secure) throws IOException {
    application = deployed;
    client = new Client(application);
    echo = EchoUpstream.start();
    firehose =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              connection.send(Upgrades.switching(request));
              byte[] block = new byte[64 * 1024];
              while (true) {
                connection.send(block);
                SENT.addAndGet(block.length);
              }
            });
    application.deploy(
        Config.empty().routeTo("echo", echo.url()).routeTo("firehose", firehose.url()).packed());
    secureApplication = secure.server().application("long-streams");
    secureApplication.deploy(Config.empty().routeTo("echo", echo.url()).packed());
    SILENT.add(client.open("/echo/", RAW));
    SILENT.add(new Client(secureApplication).open("/echo/", RAW));
    SILENT.add(Client.secure(secureApplication, secure, "TLSv1.3").open("/echo/", RAW));
    silentSince = System.nanoTime();
    ordinary =
        Wire.connect(secure.server().port()).send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  @AfterAll
  static void close() throws IOException {
    for (Wire wire : SILENT) {
      wire.close();
    }
    ordinary.close();
    secureApplication.close();
    firehose.close();
    echo.close();
  }

  @Test
  @Order(1)
  void clients_that_read_slowly_cost_no_memory_and_delay_nobody() throws IOException {
    ServerJvm jvm = application.server().jvm();
    long heapBefore = jvm.heapAfterCollection();
    long directBefore = direct(jvm);
    List<Wire> slow = new ArrayList<>();
    try {
      for (int i = 0; i < SLOW_CLIENTS; i++) {
        slow.add(client.open("/firehose/", RAW));
      }
      readSlowly(slow, Duration.ofSeconds(4));

      assertThat(SENT.get()).as("sent by the upstreams").isLessThan(SLOW_CLIENTS * 16 * MEBIBYTE);
      assertThat(direct(jvm) - directBefore).as("direct").isLessThan(SLOW_CLIENTS * MEBIBYTE / 4);
      assertThat(jvm.heapAfterCollection() - heapBefore).as("heap").isLessThan(2 * MEBIBYTE);
    } finally {
      for (Wire wire : slow) {
        wire.close();
      }
    }
    new Management(application.server()).awaitStreams("firehose", 0);
  }

  /** Each client takes 1 KiB a second, and another stream echoes at once meanwhile. */
  private static void readSlowly(List<Wire> slow, Duration time) throws IOException {
    try (Wire other = client.open("/echo/", RAW)) {
      long end = System.nanoTime() + time.toNanos();
      await("some seconds of slow reading")
          .atMost(time.plusSeconds(30))
          .pollInterval(Duration.ofSeconds(1))
          .until(
              () -> {
                for (Wire wire : slow) {
                  wire.read(1024);
                }
                long asked = System.nanoTime();
                assertThat(other.send("ping").readText(4)).isEqualTo("ping");
                assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(ECHO_LIMIT);
                return System.nanoTime() - end > 0;
              });
    }
  }

  private static long direct(ServerJvm jvm) {
    return (long) jvm.attribute("java.nio:type=BufferPool,name=direct", "MemoryUsed");
  }

  @Test
  @Order(2)
  void silent_streams_outlive_the_servers_keep_alive_timeout() throws IOException {
    await("a long silence")
        .atMost(SILENCE.plusSeconds(30))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> System.nanoTime() - silentSince > SILENCE.toNanos());

    assertThat(ordinary.readToEnd()).as("until its end, of an ordinary connection").isNotEmpty();
    for (Wire wire : SILENT) {
      assertThat(wire.send("still here").readText(10)).isEqualTo("still here");
    }
  }
}
