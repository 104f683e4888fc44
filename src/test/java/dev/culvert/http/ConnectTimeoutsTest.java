package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.config.ForwardProxy;
import dev.culvert.config.HedgeRules;
import dev.culvert.config.TransportRules;
import dev.culvert.config.Upstream;
import dev.culvert.config.UpstreamTls;
import dev.culvert.handshake.Headers;
import dev.culvert.testkit.CertificateAuthority;
import dev.culvert.testkit.ConnectProxy;
import dev.culvert.testkit.FullPort;
import dev.culvert.testkit.Identity;
import dev.culvert.testkit.ScriptedUpstream;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections whose making takes too long: each has one limit, for whatever keeps it. */
class ConnectTimeoutsTest {

  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(60);

  private final CertificateAuthority authority = new CertificateAuthority("tests");
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch cut = new CountDownLatch(1);
  private Transport transport = TransportRig.transport();

  @AfterEach
  void close() {
    transport.close();
  }

  private static UpstreamCall.Limits limits(Duration connect, Duration tls) {
    return new UpstreamCall.Limits(new Timeouts(connect, tls), Duration.ZERO, Duration.ZERO);
  }

  private RecordedAnswer get(Destination destination, UpstreamCall.Limits limits) {
    return RecordedAnswer.of(
        told ->
            new UpstreamCall(
                transport, destination, TransportRig.get("/"), Optional.empty(), limits, told));
  }

  /** One that takes connections, and says nothing however much it is told. */
  private ScriptedUpstream mute() throws Exception {
    return ScriptedUpstream.onAccept(
        connection -> {
          begun.countDown();
          connection.readToEnd();
          cut.countDown();
        });
  }

  private static int port(ScriptedUpstream upstream) {
    return TransportRig.to(upstream).address().port();
  }

  private static Destination plain(String host, int port) {
    return new Destination(new Upstream.Address("http", host, port, ""), Optional.empty(), "");
  }

  private Destination secure(int port) {
    return new Destination(
        new Upstream.Address("https", "127.0.0.1", port, ""),
        Optional.of(
            new UpstreamTls(Identity.anonymous(authority.certificate()), Optional.empty(), "tls")),
        "");
  }

  private void useProxy(int port) {
    TransportRig.useProxy(transport, new ForwardProxy("127.0.0.1", port, Optional.empty()));
  }

  private void assertNotConnected(RecordedAnswer answer) throws Exception {
    Fault fault = answer.end().orElseThrow();
    assertThat(fault.kind()).isEqualTo(Fault.Kind.CONNECT);
    assertThat(fault.sent()).isFalse();
    assertThat(fault.detail()).contains("within " + SHORT);
    assertNothingHeld(transport);
  }

  private static void assertNothingHeld(Transport transport) {
    await()
        .untilAsserted(
            () ->
                assertThat(transport.connections().values())
                    .allMatch(
                        count -> count.leased() == 0 && count.idle() == 0 && count.pending() == 0));
  }

  private void assertCut() throws Exception {
    assertThat(cut.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void an_address_that_does_not_answer_is_no_connection() throws Exception {
    try (FullPort full = new FullPort("127.0.0.1", 0)) {
      assertNotConnected(get(plain("127.0.0.1", full.port()), limits(SHORT, LONG)));
    }
  }

  @Test
  void the_next_address_of_a_name_has_its_own_time() throws Exception {
    transport.close();
    transport =
        new Transport(
            TransportRules.DEFAULTS,
            Optional.empty(),
            8,
            host ->
                new InetAddress[] {
                  InetAddress.getByName("127.0.0.2"), InetAddress.getLoopbackAddress()
                });
    try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK);
        FullPort full = new FullPort("127.0.0.2", port(upstream))) {
      RecordedAnswer answer = get(plain("up.test", full.port()), limits(SHORT, LONG));

      assertThat(answer.text()).isEqualTo("ok");
    }
  }

  @Test
  void the_next_upstream_is_asked_whatever_the_method() throws Exception {
    try (FullPort full = new FullPort("127.0.0.1", 0);
        ScriptedUpstream b = ScriptedUpstream.answering(OK);
        ExchangeRig rig = new ExchangeRig(List.of("http://127.0.0.1:" + full.port(), b.url()))) {
      rig.limits = limits(SHORT, LONG);
      RequestContent body = TransportRig.content("body", true, Headers.NONE);

      RecordedClient client = rig.begin("POST", Optional.of(body), HedgeRules.NONE);

      assertThat(client.text()).isEqualTo("ok");
      assertThat(rig.told).containsExactly("a connect", "b ok");
      rig.assertNothingHeld();
    }
  }

  @Test
  void a_proxy_that_makes_no_tunnel_in_time_is_no_connection() throws Exception {
    try (ScriptedUpstream proxy = mute()) {
      useProxy(port(proxy));

      assertNotConnected(get(secure(443), limits(SHORT, LONG)));
      assertCut();
    }
  }

  @Test
  void a_handshake_of_tls_that_does_not_end_is_no_connection() throws Exception {
    try (ScriptedUpstream upstream = mute()) {
      assertNotConnected(get(secure(port(upstream)), limits(SHORT, LONG)));
      assertCut();
    }
  }

  @Test
  void nor_is_one_through_a_tunnel() throws Exception {
    try (ScriptedUpstream upstream = mute();
        ConnectProxy proxy = leadingTo(upstream)) {
      useProxy(Integer.parseInt(proxy.address().substring("127.0.0.1:".length())));

      assertNotConnected(get(secure(port(upstream)), limits(SHORT, LONG)));
      assertCut();
    }
  }

  @Test
  void the_limit_of_tls_counts_through_a_tunnel_too() throws Exception {
    try (ScriptedUpstream upstream = mute();
        ConnectProxy proxy = leadingTo(upstream)) {
      useProxy(Integer.parseInt(proxy.address().substring("127.0.0.1:".length())));

      Fault fault = get(secure(port(upstream)), limits(LONG, SHORT)).end().orElseThrow();

      assertThat(fault.kind()).isEqualTo(Fault.Kind.CONNECT);
      assertCut();
      assertNothingHeld(transport);
    }
  }

  private static ConnectProxy leadingTo(ScriptedUpstream upstream) throws Exception {
    return new ConnectProxy().leads(upstream.authority(), port(upstream));
  }

  @Test
  void a_call_that_is_cancelled_before_there_is_a_connection_leaves_none() throws Exception {
    try (FullPort full = new FullPort("127.0.0.1", 0)) {
      RecordedAnswer answer = get(plain("127.0.0.1", full.port()), limits(LONG, LONG));
      await().until(() -> leased() == 1);

      answer.call().cancel();

      assertNothingHeld(transport);
    }
  }

  private int leased() {
    return transport.connections().values().stream().mapToInt(ConnectionCounts::leased).sum();
  }

  @Test
  void a_call_that_is_cancelled_within_a_handshake_leaves_no_connection() throws Exception {
    try (ScriptedUpstream upstream = mute()) {
      RecordedAnswer answer = get(secure(port(upstream)), limits(LONG, LONG));
      assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();

      answer.call().cancel();

      assertCut();
      assertNothingHeld(transport);
    }
  }
}
