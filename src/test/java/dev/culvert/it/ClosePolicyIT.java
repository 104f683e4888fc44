package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of the streams of a route with {@code on-redeploy = close}. */
@ExtendWith(ServerExtension.class)
class ClosePolicyIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private Application application;
  private Client client;
  private Management management;
  private EchoUpstream echo;

  @BeforeEach
  void start(Application notDeployed) throws IOException {
    application = notDeployed;
    client = new Client(application);
    echo = EchoUpstream.start();
  }

  @AfterEach
  void stop() {
    echo.close();
  }

  private Path deploy(Config config) {
    Path war = config.packed();
    application.deploy(war);
    management = new Management(application.server());
    return war;
  }

  private Config route() {
    return Config.empty().routeTo("chat", echo.url());
  }

  private Config delayed(String delay) {
    return route().onRoute("chat", "close-delay", delay);
  }

  @Test
  void by_default_streams_close_with_1001_when_the_application_is_undeployed() throws Exception {
    deploy(route());
    try (EchoStream first = EchoStream.open(client, "/chat/");
        EchoStream second = EchoStream.open(client, "/chat/");
        WebSocketPeer third = WebSocketPeer.connect(application.ws("/chat/"));
        EchoStream opaque = EchoStream.open(client, "/chat/", Config.RAW)) {
      first.assertEchoes("first");
      second.assertEchoes("second");
      opaque.assertEchoes("opaque");
      assertThat(third.send("third").next()).isEqualTo("third");

      application.undeploy();

      assertThat(first.awaitEnd()).isEqualTo(1001);
      assertThat(second.awaitEnd()).isEqualTo(1001);
      assertThat(third.awaitClose()).isEqualTo(new WebSocketPeer.Close(1001, "undeployed"));
      assertThat(opaque.awaitEnd()).isEqualTo(EchoStream.NO_CLOSE_FRAME);
    }
    await("the upstream's ends").atMost(LIMIT).until(() -> echo.live() == 0);
  }

  @Test
  void after_a_short_delay_they_close_just_as_well() throws Exception {
    deploy(delayed("40ms"));
    try (EchoStream stream = EchoStream.open(client, "/chat/")) {
      stream.assertEchoes("before");

      application.undeploy();
      long undeployed = System.nanoTime();

      assertThat(stream.awaitEnd()).isEqualTo(1001);
      assertThat(millisSince(undeployed)).isLessThan(500);
    }
  }

  @Test
  void the_delay_counts_from_the_first_undeployment_and_streams_work_until_then() throws Exception {
    Path war = deploy(delayed("3s"));
    try (EchoStream stream = EchoStream.open(client, "/chat/")) {
      long beforeFirst = System.nanoTime();
      application.undeploy();
      stream.assertEchoes("while undeployed");
      application.deploy(war);

      long beforeSecond = System.nanoTime();
      application.undeploy();

      assertThat(stream.awaitEnd()).isEqualTo(1001);
      assertThat(millisSince(beforeFirst)).isGreaterThanOrEqualTo(3000);
      assertThat(millisSince(beforeSecond)).isLessThan(3000);
    }
  }

  @Test
  void a_stream_that_ends_by_itself_during_the_delay_is_over() throws Exception {
    Map<String, Long> before = ended(delayed("1h"));
    EchoStream stream = EchoStream.open(client, "/chat/");
    stream.assertEchoes("before");
    application.undeploy();

    stream.finish();

    management.awaitStreams("chat", 0);
    Map<String, Long> after = management.streams().getEnded();
    assertThat(after.get("closed")).isEqualTo(before.getOrDefault("closed", 0L) + 1);
    assertThat(after.get("undeployed")).isEqualTo(before.get("undeployed"));
  }

  private Map<String, Long> ended(Config config) {
    deploy(config);
    return management.streams().getEnded();
  }

  @Test
  void the_jitter_spreads_the_closes() throws Exception {
    deploy(route().onRoute("chat", "close-jitter", "2s"));
    List<EchoStream> streams = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      streams.add(EchoStream.open(client, "/chat/"));
    }
    application.undeploy();
    long undeployed = System.nanoTime();

    int soon = 20 - management.list("chat").size();
    assertThat(streams).allSatisfy(stream -> assertThat(stream.awaitEnd()).isEqualTo(1001));

    assertThat(soon).as("closed at once").isLessThan(20);
    assertThat(millisSince(undeployed)).isLessThan(4000);
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }
}
