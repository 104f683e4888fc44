package dev.culvert.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.config.TransportRules;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.ProxiedRequest;
import dev.culvert.testkit.ScriptedUpstream;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** One exchange with an upstream. */
class UpstreamCallTest {

  @AutoClose private final TransportRig rig = new TransportRig();
  @AutoClose private final Transport transport = TransportRig.transport();

  @Test
  void an_answer_comes_with_head_body_and_end() throws Exception {
    RecordedAnswer answer = rig.ask(transport, "/hello");

    assertThat(answer.head().status()).isEqualTo(200);
    assertThat(answer.head().length()).isEqualTo(5);
    assertThat(answer.text()).isEqualTo("hello");
    assertThat(answer.end()).isEmpty();
  }

  @Test
  void no_more_is_read_than_a_window_of_what_was_taken() throws Exception {
    RecordedAnswer answer = endless();
    answer.head();
    await().until(() -> answer.received() > 32 * 1024);
    await()
        .during(Duration.ofMillis(300))
        .atMost(Duration.ofSeconds(10))
        .until(() -> answer.received() < 128 * 1024);

    int before = answer.received();
    answer.call().taken(before);

    await().atMost(Duration.ofSeconds(10)).until(() -> answer.received() > before);
  }

  @Test
  void a_cancelled_call_ends_the_upstreams_connection() throws Exception {
    RecordedAnswer answer = endless();
    answer.head();

    answer.call().cancel();

    assertThat(rig.cut.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void a_cancelled_call_ends_a_connection_that_was_used_before() throws Exception {
    assertThat(rig.ask(transport, "/hello").text()).isEqualTo("hello");
    RecordedAnswer answer = endless();
    answer.head();

    answer.call().cancel();

    assertThat(rig.cut.await(10, TimeUnit.SECONDS)).isTrue();
  }

  /** The library refuses it before it looks for a connection, and tells the future alone. */
  @Test
  void a_request_that_cannot_begin_ends_the_call() throws Exception {
    RecordedAnswer answer =
        RecordedAnswer.of(
            told ->
                new UpstreamCall(
                    transport,
                    rig.destination(),
                    new ProxiedRequest.Ready("CONNECT", "upstream.test", "/", Headers.NONE),
                    Optional.empty(),
                    TransportRig.LIMITS,
                    told));

    assertThat(answer.end().orElseThrow().sent()).isFalse();
    assertThat(transport.connections().values()).allMatch(counts -> counts.leased() == 0);
  }

  @Test
  void what_a_supplied_client_has_decoded_has_another_length() throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(packed)) {
      zip.write("hello".getBytes(US_ASCII));
    }
    String head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + packed.size();
    try (ScriptedUpstream upstream =
            ScriptedUpstream.onRequest(
                (request, connection) -> {
                  connection.send(head + "\r\n\r\n");
                  connection.send(packed.toByteArray());
                });
        CloseableHttpAsyncClient supplied = HttpAsyncClients.createDefault()) {
      supplied.start();
      try (Transport over = new Transport(TransportRules.DEFAULTS, Optional.of(supplied))) {
        RecordedAnswer answer = TransportRig.ask(over, TransportRig.to(upstream), "/");

        assertThat(answer.head().length()).isEqualTo(-1);
        assertThat(answer.text()).isEqualTo("hello");
        assertThat(answer.end()).isEmpty();
      }
    }
  }

  @Test
  void a_call_that_is_cancelled_while_its_name_is_looked_up_does_not_begin() throws Exception {
    CountDownLatch answered = new CountDownLatch(1);
    Names.Lookup slow =
        host -> {
          awaitQuietly(answered);
          return new InetAddress[] {InetAddress.getLoopbackAddress()};
        };
    try (Transport looking = transport(slow)) {
      RecordedAnswer running = TransportRig.ask(looking, named(), "/hello");
      TransportRig.ask(looking, named(), "/hello").call().cancel();
      answered.countDown();

      assertThat(running.text()).isEqualTo("hello");
      await().until(() -> looking.connections().values().stream().allMatch(c -> c.leased() == 0));
      assertThat(rig.ports).hasSize(1);
    }
  }

  @Test
  void a_name_that_is_not_found_in_time_is_no_connection() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Names.Lookup dead =
        host -> {
          awaitQuietly(never);
          throw new UnknownHostException(host);
        };
    try (Transport looking = transport(dead)) {
      UpstreamCall.Limits limits =
          new UpstreamCall.Limits(
              new Timeouts(Duration.ofMillis(50), Duration.ofSeconds(5)),
              Duration.ZERO,
              Duration.ZERO);
      RecordedAnswer answer =
          RecordedAnswer.of(
              told ->
                  new UpstreamCall(
                      looking, named(), TransportRig.get("/"), Optional.empty(), limits, told));

      assertThat(answer.end().orElseThrow().kind()).isEqualTo(Fault.Kind.CONNECT);
    } finally {
      never.countDown();
    }
  }

  private static Transport transport(Names.Lookup lookup) {
    return new Transport(TransportRules.DEFAULTS, Optional.empty(), 1, lookup);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The rig, under a name. */
  private Destination named() {
    return new Destination(
        new Upstream.Address("http", "named.test", rig.address().port(), ""), Optional.empty(), "");
  }

  @Test
  void a_client_that_was_stopped_ends_the_call() throws Exception {
    try (CloseableHttpAsyncClient stopped = HttpAsyncClientBuilder.create().build();
        Transport supplied = new Transport(TransportRules.DEFAULTS, Optional.of(stopped))) {
      RecordedAnswer answer = rig.ask(supplied, "/hello");

      assertThat(answer.end().orElseThrow().kind()).isEqualTo(Fault.Kind.CANCELLED);
    }
  }

  /** A call whose answer does not end, and is not taken. */
  private RecordedAnswer endless() {
    return RecordedAnswer.notTaking(
        told ->
            new UpstreamCall(
                transport,
                rig.destination(),
                TransportRig.get("/endless"),
                Optional.empty(),
                TransportRig.LIMITS,
                told));
  }
}
