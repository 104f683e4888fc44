package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.SecureServer;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams of a route with {@code on-redeploy = detached} live as long as their upstream. */
@ExtendWith(ServerExtension.class)
class DetachedStreamsIT {

  private static final String TLS_1_2 = "TLSv1.2";
  private static final String TLS_1_3 = "TLSv1.3";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private Application application;
  private Client client;
  private EchoUpstream a;
  private EchoUpstream b;

  @BeforeEach
  void start(Application notDeployed) throws IOException {
    application = notDeployed;
    client = new Client(application);
    a = EchoUpstream.start();
    b = EchoUpstream.start();
  }

  @AfterEach
  void stop() {
    a.close();
    b.close();
  }

  private static Config detached() {
    return Config.empty().set("defaults.on-redeploy", "detached");
  }

  private Path both() {
    return detached().routeTo("a", a.url()).routeTo("b", b.url()).packed();
  }

  private Path onlyA() {
    return detached().routeTo("a", a.url()).packed();
  }

  private Management management() {
    return new Management(application.server());
  }

  @Test
  @Tag(ServerKind.MAIN_JOB)
  void those_whose_upstream_left_the_configuration_close_and_the_others_stay() throws Exception {
    removeUpstream(Hops.plain(application));
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS_1_2, TLS_1_3})
  void those_whose_upstream_left_the_configuration_close_and_the_others_stay_over_tls(
      String protocol, SecureServer secure) throws Exception {
    try (Hops hops = Hops.tls(secure, protocol)) {
      removeUpstream(hops);
    }
  }

  private void removeUpstream(Hops hops) throws Exception {
    Config onlyA = hops.routeTo(detached(), "a", a.url());
    hops.application().deploy(hops.routeTo(onlyA, "b", b.url()).packed());
    try (EchoStream toA = EchoStream.open(hops.client(), "/a/");
        EchoStream toB = EchoStream.open(hops.client(), "/b/");
        EchoStream opaqueToB = EchoStream.open(hops.client(), "/b/", Config.RAW)) {
      hops.application().undeploy();
      toA.assertEchoes("a while undeployed");
      toB.assertEchoes("b while undeployed");

      hops.application().deploy(onlyA.packed());

      assertThat(toB.awaitEnd()).isEqualTo(1001);
      assertThat(opaqueToB.awaitEnd()).isEqualTo(EchoStream.NO_CLOSE_FRAME);
      toA.assertEchoes("a afterwards");
    }
  }

  @Test
  void a_removal_several_deployments_later_closes_streams_of_every_generation() throws Exception {
    Path both = both();
    application.deploy(both);
    try (EchoStream toA = EchoStream.open(client, "/a/");
        EchoStream first = EchoStream.open(client, "/b/")) {
      application.redeploy(both);
      try (EchoStream second = EchoStream.open(client, "/b/")) {
        application.redeploy(both);
        first.assertEchoes("first");
        second.assertEchoes("second");

        application.redeploy(onlyA());

        assertThat(first.awaitEnd()).isEqualTo(1001);
        assertThat(second.awaitEnd()).isEqualTo(1001);
        toA.assertEchoes("a");
      }
    }
  }

  @Test
  void a_removal_waits_for_the_close_delay() throws Exception {
    Config delayed = detached().set("defaults.close-delay", "2s");
    application.deploy(delayed.routeTo("a", a.url()).routeTo("b", b.url()).packed());
    try (EchoStream toB = EchoStream.open(client, "/b/")) {
      Path withoutB = delayed.routeTo("a", a.url()).packed();
      application.undeploy();
      long before = System.nanoTime();

      application.deploy(withoutB);

      assertThat(toB.awaitEnd()).isEqualTo(1001);
      assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before))
          .isGreaterThanOrEqualTo(2000);
    }
  }

  @Test
  void an_upstream_that_is_back_before_the_delay_is_over_keeps_its_streams() throws Exception {
    Config delayed = detached().set("defaults.close-delay", "1h");
    Path both = delayed.routeTo("a", a.url()).routeTo("b", b.url()).packed();
    application.deploy(both);
    try (EchoStream toB = EchoStream.open(client, "/b/")) {
      application.redeploy(delayed.routeTo("a", a.url()).packed());
      toB.assertEchoes("during the delay");

      application.redeploy(both);

      toB.assertEchoes("after the return");
      assertThat(management().list("b")).hasSize(1);
    }
  }

  @Test
  void their_policy_is_that_of_the_route_when_they_opened() throws Exception {
    Path closing = Config.empty().routeTo("a", a.url()).packed();
    application.deploy(onlyA());
    try (EchoStream opened = EchoStream.open(client, "/a/")) {
      application.redeploy(closing);
      try (EchoStream later = EchoStream.open(client, "/a/")) {
        application.undeploy();

        assertThat(later.awaitEnd()).isEqualTo(1001);
        opened.assertEchoes("undeployed as close, opened as detached");
      }
    }
  }

  @Test
  void an_upstream_is_known_by_its_address_and_not_by_its_name() throws Exception {
    application.deploy(detached().upstream("old", a.url()).route("chat", "old").packed());
    try (EchoStream stream = EchoStream.open(client, "/chat/")) {
      application.redeploy(detached().upstream("new", a.url()).route("chat", "new").packed());

      stream.assertEchoes("renamed");
    }
  }

  @Test
  void a_deleted_route_closes_nothing_while_another_one_uses_the_upstream() throws Exception {
    Config shared = detached().upstream("a", a.url()).route("kept", "a");
    application.deploy(shared.route("deleted", "a").packed());
    try (EchoStream stream = EchoStream.open(client, "/deleted/")) {
      application.redeploy(shared.packed());

      stream.assertEchoes("the route is gone");
    }
  }

  @Test
  void an_upstream_that_no_route_uses_any_more_is_removed() throws Exception {
    Config config = detached().routeTo("a", a.url()).upstream("b", b.url());
    application.deploy(config.route("b", "b").packed());
    try (EchoStream stream = EchoStream.open(client, "/b/")) {
      application.redeploy(config.packed());

      assertThat(stream.awaitEnd()).isEqualTo(1001);
    }
  }

  @Test
  void streams_that_end_while_their_upstream_is_removed_are_counted_once() throws Exception {
    int count = 60;
    application.deploy(both());
    Management management = management();
    long before = total(management.streams().getEnded());
    List<EchoStream> streams = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      streams.add(EchoStream.open(client, "/b/"));
    }
    application.undeploy();
    CompletableFuture<Void> ends =
        CompletableFuture.runAsync(() -> streams.forEach(EchoStream::finish));

    application.deploy(onlyA());

    ends.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    management.awaitStreams("b", 0);
    assertThat(total(management.streams().getEnded()) - before).isEqualTo(count);
  }

  private static long total(Map<String, Long> ended) {
    return ended.values().stream().mapToLong(Long::longValue).sum();
  }

  @Test
  void a_client_that_reads_nothing_delays_nobody() throws Exception {
    removeUpstreamOfStalledClient(Hops.plain(application));
  }

  @ParameterizedTest
  @ValueSource(strings = {TLS_1_2, TLS_1_3})
  void a_client_that_reads_nothing_delays_nobody_over_tls(String protocol, SecureServer secure)
      throws Exception {
    try (Hops hops = Hops.tls(secure, protocol)) {
      removeUpstreamOfStalledClient(hops);
    }
  }

  private void removeUpstreamOfStalledClient(Hops hops) throws Exception {
    try (ScriptedUpstream flood = ScriptedUpstream.onRequest(DetachedStreamsIT::flood)) {
      Config onlyB = hops.routeTo(detached(), "b", b.url());
      hops.application().deploy(hops.routeTo(onlyB, "flood", flood.url()).packed());
      Management management = new Management(hops.application().server());
      try (Wire stalled = hops.client().open("/flood/", EchoStream.WEBSOCKET);
          EchoStream toB = EchoStream.open(hops.client(), "/b/")) {
        awaitStall(management);

        hops.application().redeploy(onlyA());

        assertThat(toB.awaitEnd()).isEqualTo(1001);
        assertThat(management.list("flood")).as("still waiting").hasSize(1);
        management.awaitStreams("flood", 0);
        assertThat(stalled.read(2)).as("what had been sent").hasSize(2);
      }
    }
  }

  private static void flood(RequestHead request, Wire connection) throws IOException {
    connection.send(Upgrades.switching(request));
    byte[] frame =
        WebSocketFrame.ofServer(true, WebSocketFrame.BINARY, new byte[64 * 1024]).bytes();
    while (true) {
      connection.send(frame);
    }
  }

  /** Waits until no more bytes pass. */
  private static void awaitStall(Management management) {
    long[] last = {-1};
    Awaitility.await("the stall")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              long before = last[0];
              last[0] = management.awaitStream("flood").bytesFromUpstream();
              return last[0] > 0 && last[0] == before;
            });
  }

  @Test
  void a_failed_deployment_leaves_them_alone_and_the_next_good_one_manages_them() throws Exception {
    application.deploy(both());
    try (EchoStream toA = EchoStream.open(client, "/a/");
        EchoStream toB = EchoStream.open(client, "/b/")) {
      application.undeploy();
      Path bad =
          detached()
              .routeTo("a", "gopher://127.0.0.1")
              .onRoute("a", "close-delay", "soon")
              .set("route.a.path", "/a/*")
              .packed();

      assertThatThrownBy(() -> application.deploy(bad))
          .hasMessageContaining("culvert.upstreams.a.url: gopher://127.0.0.1")
          .hasMessageContaining("culvert.routes.a.close-delay: soon")
          .hasMessageContaining("culvert.route.a.path");

      toA.assertEchoes("a after the failure");
      toB.assertEchoes("b after the failure");
      application.deploy(onlyA());
      assertThat(toB.awaitEnd()).isEqualTo(1001);
      toA.assertEchoes("a at last");
    }
  }
}
