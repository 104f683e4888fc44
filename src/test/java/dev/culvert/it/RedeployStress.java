package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerJvm;
import dev.culvert.testkit.TestServer;
import dev.culvert.testkit.War;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Many streams through many redeployments, each of which changes a header rule. The profile {@code
 * stress} sets the full numbers.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RedeployStress {

  /** Redeployments between two checks of every stream. */
  private static final int CHECK_EVERY = Integer.getInteger("culvert.stress.check-every", 1);

  private static final String ROUND = "X-Round";

  /** Streams of each kind. */
  private final int streamCount;

  private final int redeploys;

  private Application application;
  private Client client;
  private ServerJvm jvm;
  private EchoUpstream echo;
  private HeapWatch heap;
  private Management management;

  /** When the test began to count. */
  private Totals before;

  /** Bytes of the streams that were opened to look at a deployment. */
  private long probesSent;

  private long probesReceived;

  /** What the server keeps of as many redeployments of an application without Culvert, bytes. */
  private long keptByServer;

  /**
   * Takes the numbers for when the profile sets none.
   *
   * @param streams of each kind
   */
  RedeployStress(int streams, int redeploys) {
    this.streamCount = Integer.getInteger("culvert.stress.streams", streams);
    this.redeploys = Integer.getInteger("culvert.stress.redeploys", redeploys);
  }

  /**
   * To be called before all tests. Payara 6.2025.10 keeps some 100 KB of every deployment: the HK2
   * descriptors of its configuration beans ({@code Engine}, {@code Property}, {@code Module}) stay
   * after.
   */
  final void measure(TestServer server) {
    Path plain = War.empty().with("index.html", "").with("WEB-INF/beans.xml", "").packed();
    try (Application without = server.application("without-culvert")) {
      without.redeploy(plain);
      HeapWatch heap = HeapWatch.start(server.jvm());
      for (int i = 0; i < redeploys; i++) {
        without.redeploy(plain);
      }
      keptByServer = Math.max(0, heap.growth());
    }
  }

  /** To be called before each test, with an application that is not deployed. */
  final void start(Application notDeployed, Client itsClient) throws IOException {
    application = notDeployed;
    client = itsClient;
    jvm = application.server().jvm();
    echo = EchoUpstream.start();
  }

  @AfterEach
  final void stop() {
    application.close();
    echo.close();
  }

  /** One route and upstream for the streams, and one for all else. */
  private Config config(String name) {
    return Config.empty()
        .set("defaults.upgrades", "websocket," + EchoStreams.OPAQUE)
        .routeTo(name, echo.url())
        .routeTo("probe", echo.url());
  }

  @Test
  void policy_close_leaves_no_stream_at_any_redeployment() throws Exception {
    Config config = config("closing");
    warmUp(config);
    long sent = 0;
    long received = 0;
    for (int round = 1; round <= redeploys; round++) {
      EchoStreams streams = EchoStreams.open(client, "/closing/", streamCount);
      streams.assertAllEcho("round " + round);

      application.undeploy();

      streams.assertAllClosed();
      deploy(config, round);
      sent += streams.bytesSent();
      received += streams.bytesReceived();
    }
    assertBooks("closing", "undeployed", 2 * streamCount * redeploys, sent, received);
    assertNothingIsLeft();
  }

  @Test
  void a_delayed_close_keeps_all_until_it_is_due_and_none_after() throws Exception {
    Duration delay = warmUp(config("delayed")).multipliedBy(2 + 3L * redeploys / 2);
    Config config =
        config("delayed")
            .onRoute("delayed", "close-delay", delay.toMillis() + "ms")
            // Nobody answers pings while the delay runs; they would lie before the close frame.
            .onRoute("delayed", "stream.ping-interval", "0");
    application.redeploy(config.packed());
    EchoStreams streams = EchoStreams.open(client, "/delayed/", streamCount);
    long began = System.nanoTime();

    redeploy(config, streams);

    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .as("time of the redeployments (a delay too short for this machine?)")
        .isLessThan(delay);
    management.awaitStreams("delayed", 0, delay.multipliedBy(2));
    streams.assertAllClosed();
    assertBooks(
        "delayed", "undeployed", 2 * streamCount, streams.bytesSent(), streams.bytesReceived());
    assertNothingIsLeft();
  }

  @Test
  void policy_detached_keeps_all_byte_for_byte() throws Exception {
    Config config = config("detached").onRoute("detached", "on-redeploy", "detached");
    warmUp(config);
    EchoStreams streams = EchoStreams.open(client, "/detached/", streamCount);

    redeploy(config, streams);

    streams.finishAll();
    assertBooks(
        "detached", "closed", 2 * streamCount, streams.bytesSent(), streams.bytesReceived());
    assertNothingIsLeft();
  }

  /** Redeploys many times and checks the streams while undeployed and while deployed. */
  private void redeploy(Config config, EchoStreams streams) throws IOException {
    for (int round = 1; round <= redeploys; round++) {
      boolean check = round % CHECK_EVERY == 0;
      application.undeploy();
      if (check) {
        streams.assertAllEcho("undeployed " + round);
      }
      deploy(config, round);
      if (check) {
        streams.assertAllEcho("deployed " + round);
      }
    }
  }

  /** Deploys with a new header rule and sees it at work. */
  private void deploy(Config config, int round) throws IOException {
    String value = Integer.toString(round);
    application.deploy(config.set("defaults.headers.request.set." + ROUND, value).packed());
    try (EchoStream probe = EchoStream.open(client, "/probe/")) {
      probe.assertEchoes("probe");
      probesSent += probe.bytesSent();
      probesReceived += probe.bytesReceived();
    }
    assertThat(echo.lastHead().orElseThrow().first(ROUND)).hasValue(value);
  }

  /** Does once what the test does often, and measures the heap; returns the time of redeploying. */
  private Duration warmUp(Config config) throws IOException {
    application.deploy(config.packed());
    EchoStreams streams = EchoStreams.open(client, "/probe/", streamCount);
    long began = System.nanoTime();
    application.undeploy();
    streams.assertAllClosed();
    deploy(config, 0);
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    heap = HeapWatch.start(jvm);
    management = new Management(application.server());
    management.awaitStreams("probe", 0);
    before = Totals.of(management.streams());
    probesSent = 0;
    probesReceived = 0;
    return took;
  }

  private void assertBooks(String route, String result, int ended, long sent, long received) {
    before.awaitMoreEnded(management.streams(), result, ended);
    before.assertMoreBytes(management.streams(), sent + probesSent, received + probesReceived);
    assertThat(management.list(route)).isEmpty();
  }

  private void assertNothingIsLeft() {
    Loaders.await(jvm, 1, "redeployed");
    heap.awaitReturn(keptByServer);
  }
}
