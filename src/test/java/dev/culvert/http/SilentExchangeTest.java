package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.config.HedgeRules;
import dev.culvert.config.TransportRules;
import dev.culvert.handshake.Headers;
import dev.culvert.testkit.ScriptedUpstream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Upstreams and clients that say nothing more, and connections that do not become free. */
class SilentExchangeTest {

  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  @Test
  void an_upstream_that_is_silent_for_too_long_is_504() throws Exception {
    try (ScriptedUpstream a = ScriptedUpstream.silent();
        ExchangeRig rig = new ExchangeRig(List.of(a.url()), "routes.r.retry.count", "0")) {
      rig.limits = TransportRig.limits(Duration.ofMillis(100), Duration.ZERO);
      RecordedClient client = rig.get();

      assertThat(client.status()).isEqualTo(504);
      assertThat(client.end()).isEqualTo("refused");
      rig.assertNothingHeld();
    }
  }

  @Test
  void another_one_is_asked_in_its_place_when_that_can_do_no_harm() throws Exception {
    try (ScriptedUpstream a = ScriptedUpstream.silent();
        ScriptedUpstream b = ScriptedUpstream.answering(OK);
        ExchangeRig rig = new ExchangeRig(List.of(a.url(), b.url()), "routes.r.retry.count", "0")) {
      rig.limits = TransportRig.limits(Duration.ofMillis(100), Duration.ZERO);

      assertThat(rig.get().text()).isEqualTo("ok");
      RecordedClient posted =
          rig.begin(
              "POST",
              Optional.of(TransportRig.content("body", true, Headers.NONE)),
              HedgeRules.NONE);
      assertThat(posted.status()).isEqualTo(504);
      assertThat(b.accepted()).isEqualTo(1);
      rig.assertNothingHeld();
    }
  }

  @Test
  void an_answer_that_falls_silent_is_broken_off() throws Exception {
    try (ScriptedUpstream a =
            ScriptedUpstream.onRequest(
                (request, connection) -> {
                  connection.send("HTTP/1.1 200 OK\r\n\r\npart");
                  connection.readToEnd();
                });
        ExchangeRig rig = new ExchangeRig(List.of(a.url()))) {
      rig.limits = TransportRig.limits(Duration.ZERO, Duration.ofMillis(100));
      RecordedClient client = rig.get();

      assertThat(client.status()).isEqualTo(200);
      assertThat(client.end()).isEqualTo("broken");
      assertThat(client.text()).isEqualTo("part");
      rig.assertNothingHeld();
    }
  }

  @Test
  void a_client_that_does_not_go_on_is_408_and_nothing_against_the_upstream() throws Exception {
    try (ScriptedUpstream a = ScriptedUpstream.silent();
        ScriptedUpstream b = ScriptedUpstream.answering(OK);
        ExchangeRig rig = new ExchangeRig(List.of(a.url(), b.url()))) {
      rig.limits = TransportRig.limits(Duration.ZERO, Duration.ofMillis(100));
      RequestContent content = new RequestContent(10, () -> {});
      content.add(new byte[4]);
      RecordedClient client = rig.begin("PUT", Optional.of(content), HedgeRules.NONE);

      assertThat(client.status()).isEqualTo(408);
      assertThat(rig.told).containsExactly("a client-gone");
      assertThat(b.accepted()).isZero();
      rig.assertNothingHeld();
    }
  }

  @Test
  void no_place_under_the_cap_of_connections_is_503() throws Exception {
    try (ScriptedUpstream a = ScriptedUpstream.silent();
        ExchangeRig rig = new ExchangeRig(List.of(a.url()), "routes.r.retry.count", "0")) {
      TransportRules rules = rig.transport.rules();
      rig.transport.change(
          before ->
              new TransportRules(
                  rules.maxIdle(),
                  rules.maxIdlePerHost(),
                  rules.keepAlive(),
                  1,
                  rules.http2(),
                  rules.proxy(),
                  rules.noProxy(),
                  rules.tlsTimeout()));
      rig.limits =
          new UpstreamCall.Limits(
              new Timeouts(Duration.ofMillis(200), Duration.ofSeconds(5)),
              Duration.ZERO,
              Duration.ZERO);
      RecordedClient first = rig.get();
      a.nextRequest();

      assertThat(rig.get().status()).isEqualTo(503);
      first.exchange().abort();
      await().untilAsserted(rig::assertNothingHeld);
    }
  }
}
