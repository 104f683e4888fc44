package dev.culvert.it;

import static dev.culvert.it.Config.RAW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.culvert.boundary.StreamView;
import dev.culvert.host.HostMXBean;
import dev.culvert.host.StreamsMXBean;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.Notification;
import javax.management.NotificationListener;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The management beans, over a JMX connection. */
@ExtendWith(ServerExtension.class)
class ManagementIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String ALICE =
      "Authorization: Basic " + Base64.getEncoder().encodeToString("alice:ecila".getBytes(UTF_8));

  private static EchoUpstream echo;
  private static Application application;
  private static Client client;
  private static Management management;
  private static StreamsMXBean streams;

  @BeforeAll
  static void deploy(Application deployed) throws IOException {
    application = deployed;
    client = new Client(application);
    echo = EchoUpstream.start();
    application.deploy(
        Config.empty()
            .routeTo("one", echo.url())
            .routeTo("two", echo.url())
            .war()
            .withBasicAuthentication()
            .packed());
    management = new Management(application.server());
    streams = management.streams();
  }

  @AfterAll
  static void close() {
    echo.close();
  }

  @AfterEach
  void end() {
    streams.closeAll();
    await("all streams to end").atMost(LIMIT).until(() -> streams.getActive() == 0);
  }

  @Test
  void the_host_tells_what_it_is() throws IOException {
    HostMXBean host = management.host();
    try (Wire wire = client.open("/one/", RAW)) {
      management.awaitStreams("one", 1);

      assertThat(host.getProtocol()).isPositive();
      assertThat(host.getVersion()).isNotEmpty();
      assertThat(Instant.parse(host.getStarted())).isBefore(Instant.now());
      assertThat(host.getConnector())
          .isEqualTo(ServerKind.underTest() == ServerKind.WILDFLY ? "undertow" : "grizzly");
      assertThat(host.getEventLoops()).isPositive();
      assertThat(host.getDeployments()).anyMatch(name -> name.endsWith(application.contextPath()));
      assertThat(host.getActiveStreams()).isEqualTo(1);
      assertThat(host.getHandshakes()).isZero();
      assertThat(host.isDraining()).isFalse();
      assertThat(wire.send("x").readText(1)).isEqualTo("x");
    }
  }

  @Test
  void the_list_shows_live_values_of_each_stream() throws Exception {
    try (WebSocketPeer peer = WebSocketPeer.connect(application.ws("/one/"))) {
      peer.send("hello").next();

      StreamView view = management.awaitStream("one");

      assertThat(view.application()).endsWith(application.contextPath());
      assertThat(view.upstream()).isEqualTo("one");
      assertThat(view.address()).isEqualTo("127.0.0.1:" + echo.port());
      assertThat(view.user()).isEmpty();
      assertThat(view.client()).isEqualTo("127.0.0.1");
      assertThat(view.state()).isEqualTo("open");
      assertThat(view.webSocket()).isTrue();
      assertThat(view.detached()).isFalse();
      assertThat(view.orphaned()).isFalse();
      assertThat(view.bytesToUpstream()).isEqualTo(2 + 4 + 5);
      assertThat(view.bytesFromUpstream()).isEqualTo(2 + 5);
      assertThat(view.framesToUpstream()).isEqualTo(1);
      assertThat(view.messagesFromUpstream()).isEqualTo(1);
    }
  }

  @Test
  void one_stream_is_closed_with_the_operators_code_and_reason() throws Exception {
    try (WebSocketPeer peer = WebSocketPeer.connect(application.ws("/one/"))) {
      String id = management.awaitStream("one").id();

      assertThat(streams.close(id, 4000, "maintenance")).isEqualTo(1);

      assertThat(peer.awaitClose()).isEqualTo(new WebSocketPeer.Close(4000, "maintenance"));
    }
    assertThat(streams.close("no-such-id", 1001, "")).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1005, 1005", "1006, 1006", "1015, 1015", "999, 999", "2999, 2999", "5000, 5000"})
  void a_code_that_cannot_be_sent_is_refused(int code, String named) {
    assertThatThrownBy(() -> streams.close("any", code, ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("close code: " + named + " (expected: ");
  }

  @Test
  void a_reason_that_is_too_long_is_refused() {
    assertThatThrownBy(() -> streams.close("any", 1001, "x".repeat(124)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("close reason: 124 bytes (expected: at most 123)");
  }

  @Test
  void no_reason_is_an_empty_one() throws Exception {
    try (WebSocketPeer peer = WebSocketPeer.connect(application.ws("/one/"))) {
      streams.close(management.awaitStream("one").id(), 1012, null);

      assertThat(peer.awaitClose()).isEqualTo(new WebSocketPeer.Close(1012, ""));
    }
  }

  @Test
  void streams_are_closed_by_what_they_have_in_common() throws Exception {
    try (Wire ofAlice = client.open("/one/", RAW, ALICE);
        Wire first = client.open("/one/", RAW);
        Wire second = client.open("/two/", RAW);
        Wire third = client.open("/two/", RAW)) {
      management.awaitStreams("one", 2);
      management.awaitStreams("two", 2);

      assertThat(streams.closeByUser("alice")).isEqualTo(1);
      assertThat(ofAlice.readToEnd()).isEmpty();
      management.awaitStreams("one", 1);

      assertThat(streams.closeByUpstream("two")).isEqualTo(2);
      assertThat(second.readToEnd()).isEmpty();
      assertThat(third.readToEnd()).isEmpty();
      assertThat(first.send("x").readText(1)).isEqualTo("x");

      assertThat(streams.closeByRoute("one")).isEqualTo(1);
      assertThat(first.readToEnd()).isEmpty();
    }
    await("no stream").atMost(LIMIT).until(() -> streams.getActive() == 0);
  }

  @Test
  void all_streams_are_closed_and_counted_as_killed() throws Exception {
    long before = streams.getEnded().getOrDefault("killed", 0L);
    try (Wire first = client.open("/one/", RAW);
        Wire second = client.open("/two/", RAW)) {
      management.awaitStreams("one", 1);
      management.awaitStreams("two", 1);

      assertThat(streams.closeAll()).isEqualTo(2);

      assertThat(first.readToEnd()).isEmpty();
      assertThat(second.readToEnd()).isEmpty();
    }
    await("two killed streams")
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(streams.getEnded()).containsEntry("killed", before + 2));
  }

  @Test
  void bytes_are_counted_while_the_stream_is_open() throws IOException {
    long to = streams.getBytesToUpstream();
    long from = streams.getBytesFromUpstream();
    try (Wire wire = client.open("/one/", RAW)) {
      wire.send("12345").readText(5);

      assertThat(streams.getBytesToUpstream()).isEqualTo(to + 5);
      assertThat(streams.getBytesFromUpstream()).isEqualTo(from + 5);
    }
  }

  @Test
  void notifications_tell_of_opened_and_closed_streams() throws Exception {
    try (Subscription subscription = Subscription.begin()) {
      client.open("/one/", RAW).close();

      await("both notifications").atMost(LIMIT).until(() -> subscription.received().size() >= 2);
      List<Notification> both = List.copyOf(subscription.received());
      assertThat(both)
          .extracting(Notification::getType)
          .containsExactly("dev.culvert.stream.opened", "dev.culvert.stream.closed");
      assertThat(both.get(1).getMessage()).contains("route=one", "result=closed");
      assertThat(both).extracting(Notification::getUserData).doesNotContainNull();
    }
  }

  @Test
  void notifications_are_limited_and_tell_how_many_were_left_out() throws Exception {
    try (Subscription subscription = Subscription.begin()) {
      await("a notification with what was left out")
          .atMost(LIMIT)
          .untilAsserted(
              () -> {
                openMany();
                assertThat(subscription.received())
                    .anyMatch(n -> n.getMessage().contains("suppressed="));
              });
      assertThat(perSecond(subscription.received())).isNotEmpty().allMatch(count -> count <= 200);
    }
  }

  private static void openMany() throws IOException {
    for (int i = 0; i < 100; i++) {
      client.open("/one/", RAW).close();
    }
  }

  /** Notifications in each second of their time stamps, which may see two of the limit's. */
  private static Collection<Long> perSecond(Collection<Notification> received) {
    return received.stream()
        .collect(Collectors.groupingBy(n -> n.getTimeStamp() / 1000, Collectors.counting()))
        .values();
  }

  /** Listens to the notifications of streams. */
  private record Subscription(
      MBeanServerConnection beans,
      ObjectName name,
      NotificationListener listener,
      BlockingQueue<Notification> received)
      implements AutoCloseable {

    static Subscription begin() throws IOException, JMException {
      BlockingQueue<Notification> received = new LinkedBlockingQueue<>();
      Subscription subscription =
          new Subscription(
              application.server().jvm().beans(),
              new ObjectName(Management.STREAMS),
              (notification, handback) -> received.add(notification),
              received);
      subscription.beans.addNotificationListener(
          subscription.name, subscription.listener, null, null);
      return subscription;
    }

    @Override
    public void close() throws IOException, JMException {
      beans.removeNotificationListener(name, listener);
    }
  }
}
