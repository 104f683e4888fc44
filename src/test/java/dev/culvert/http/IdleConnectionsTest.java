package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.config.TransportRules;
import dev.culvert.testkit.ScriptedUpstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Connections that nobody uses: how many stay, all hosts together, and for how long. */
class IdleConnectionsTest {

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final TransportRules RULES = TransportRules.DEFAULTS;

  @AutoClose private final TransportRig one = new TransportRig();
  @AutoClose private final TransportRig other = new TransportRig();

  private static Transport transport(int maxIdle, Duration keepAlive) {
    return new Transport(
        new TransportRules(
            maxIdle,
            RULES.maxIdlePerHost(),
            keepAlive,
            RULES.maxPerHost(),
            RULES.http2(),
            RULES.proxy(),
            RULES.noProxy(),
            RULES.tlsTimeout()),
        Optional.empty());
  }

  private static String host(Destination destination) {
    return "127.0.0.1:" + destination.address().port();
  }

  private static ConnectionCounts counts(Transport transport, Destination to) {
    return transport.connections().getOrDefault(host(to), ConnectionCounts.NONE);
  }

  @Test
  void of_six_connections_to_two_hosts_three_stay() throws Exception {
    try (Transport transport = transport(3, RULES.keepAlive())) {
      List<RecordedAnswer> answers = new ArrayList<>();
      for (TransportRig rig : List.of(one, other)) {
        for (int i = 0; i < 3; i++) {
          answers.add(rig.ask(transport, "/held"));
        }
        assertThat(rig.arrived.tryAcquire(3, 10, TimeUnit.SECONDS)).isTrue();
        assertThat(counts(transport, rig.destination())).isEqualTo(new ConnectionCounts(3, 0, 0));
      }

      endOne(one, transport, 2, 1);
      endOne(other, transport, 2, 1);
      endOne(one, transport, 1, 2);
      endOne(other, transport, 1, 1);
      endOne(one, transport, 0, 2);
      endOne(other, transport, 0, 1);

      for (RecordedAnswer answer : answers) {
        assertThat(answer.text()).isEqualTo("..");
      }
    }
  }

  @Test
  void the_only_one_that_may_be_idle_is_used_again_and_again() throws Exception {
    try (Transport transport = transport(1, RULES.keepAlive())) {
      for (int i = 0; i < 5; i++) {
        assertThat(one.ask(transport, "/hello").text()).isEqualTo("hello");
        await()
            .atMost(LIMIT)
            .until(
                () -> counts(transport, one.destination()).equals(new ConnectionCounts(0, 1, 0)));
      }

      assertThat(one.ports).hasSize(1);
    }
  }

  /** One by one: of two that end at the same time, both might find the other's place taken. */
  private static void endOne(TransportRig rig, Transport transport, int leased, int idle) {
    rig.release.release();
    ConnectionCounts left = new ConnectionCounts(leased, idle, 0);
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(counts(transport, rig.destination())).isEqualTo(left));
  }

  @Test
  void the_upstream_sees_the_end_of_one_that_was_idle_for_too_long() throws Exception {
    CompletableFuture<Integer> end = new CompletableFuture<>();
    try (ScriptedUpstream upstream =
            ScriptedUpstream.onRequest(
                (request, connection) -> {
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                  end.complete(connection.readToEnd().length);
                });
        Transport patient = transport(RULES.maxIdle(), RULES.keepAlive());
        Transport transport = transport(RULES.maxIdle(), Duration.ofMillis(200))) {
      assertThat(one.ask(patient, "/hello").text()).isEqualTo("hello");
      RecordedAnswer running = one.ask(transport, "/held");
      assertThat(one.arrived.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
      Destination idle = TransportRig.to(upstream);

      assertThat(TransportRig.ask(transport, idle, "/").text()).isEqualTo("ok");

      assertThat(end.get(10, TimeUnit.SECONDS)).as("bytes before the end").isZero();
      await().atMost(LIMIT).until(() -> counts(transport, idle).equals(ConnectionCounts.NONE));
      assertThat(counts(transport, one.destination()))
          .as("one that is in use stays")
          .isEqualTo(new ConnectionCounts(1, 0, 0));
      assertThat(counts(patient, one.destination()))
          .as("one that may be idle for longer stays")
          .isEqualTo(new ConnectionCounts(0, 1, 0));
      one.release.release();
      assertThat(running.text()).isEqualTo("..");
    }
  }
}
