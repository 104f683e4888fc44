package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.HedgeRules;
import dev.culvert.handshake.Headers;
import dev.culvert.testkit.FreePort;
import dev.culvert.testkit.ScriptedUpstream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request on its way through providers that fail. */
class ProxiedExchangeTest {

  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private static ScriptedUpstream answering(String text) throws Exception {
    return ScriptedUpstream.answering(text);
  }

  private static String status(int status) {
    return "HTTP/1.1 " + status + " Status\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbad";
  }

  @Test
  void the_first_provider_answers() throws Exception {
    try (ScriptedUpstream a = answering(OK);
        ExchangeRig rig = new ExchangeRig(List.of(a.url()))) {
      RecordedClient client = rig.get();

      assertThat(client.status()).isEqualTo(200);
      assertThat(client.text()).isEqualTo("ok");
      assertThat(rig.told).containsExactly("a ok");
      rig.assertNothingHeld();
    }
  }

  @Test
  void one_that_cannot_be_connected_is_passed_over() throws Exception {
    try (ScriptedUpstream b = answering(OK);
        ExchangeRig rig =
            new ExchangeRig(List.of("http://127.0.0.1:" + FreePort.find(), b.url()))) {
      RecordedClient client = rig.begin("POST", Optional.of(content("body")), HedgeRules.NONE);

      assertThat(client.text()).isEqualTo("ok");
      assertThat(rig.told).containsExactly("a connect", "b ok");
      rig.assertNothingHeld();
    }
  }

  @Test
  void nobody_at_all_is_502() throws Exception {
    try (ExchangeRig rig = new ExchangeRig(List.of("http://127.0.0.1:" + FreePort.find()))) {
      RecordedClient client = rig.get();

      assertThat(client.status()).isEqualTo(502);
      assertThat(client.end()).isEqualTo("refused");
      rig.assertNothingHeld();
    }
  }

  @Test
  void who_finds_no_provider_is_told_when_to_come_again() throws Exception {
    try (ScriptedUpstream a = ScriptedUpstream.silent();
        ExchangeRig rig = new ExchangeRig(List.of(a.url()), "upstreams.a.max-streams", "1")) {
      RecordedClient first = rig.get();
      assertThat(a.nextRequest()).isNotNull();
      RecordedClient second = rig.get();

      assertThat(second.status()).isEqualTo(503);
      assertThat(second.headers()).isEqualTo(Headers.of("Retry-After", "5"));
      first.exchange().abort();
      rig.assertNothingHeld();
    }
  }

  @Test
  void an_error_is_tried_again_and_then_elsewhere() throws Exception {
    try (ScriptedUpstream a = answering(status(500));
        ScriptedUpstream b = answering(OK);
        ExchangeRig rig = new ExchangeRig(List.of(a.url(), b.url()))) {
      RecordedClient client = rig.get();

      assertThat(client.text()).isEqualTo("ok");
      assertThat(rig.told).containsExactly("a server-error", "a server-error", "b ok");
      rig.assertNothingHeld();
    }
  }

  @Test
  void an_answer_that_waits_occupies_no_place_at_its_provider() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (ScriptedUpstream a =
            ScriptedUpstream.onRequest(
                (request, connection) ->
                    connection.send(asked.incrementAndGet() == 1 ? status(503) : OK));
        ExchangeRig rig = new ExchangeRig(List.of(a.url()), "upstreams.a.max-streams", "1")) {
      RecordedClient client = rig.get();

      assertThat(client.text()).isEqualTo("ok");
      assertThat(rig.told).containsExactly("a server-error", "a ok");
      rig.assertNothingHeld();
    }
  }

  @Test
  void the_last_error_is_the_clients_when_all_have_failed() throws Exception {
    try (ScriptedUpstream a = answering(status(500));
        ScriptedUpstream b = answering(status(503));
        ExchangeRig rig = new ExchangeRig(List.of(a.url(), b.url()))) {
      RecordedClient client = rig.get();

      assertThat(client.status()).isEqualTo(503);
      assertThat(client.text()).isEqualTo("bad");
      assertThat(client.end()).isEqualTo("end");
      rig.assertNothingHeld();
    }
  }

  @Test
  void what_may_have_been_done_is_not_done_twice() throws Exception {
    try (ScriptedUpstream a = answering(status(500));
        ScriptedUpstream b = answering(OK);
        ExchangeRig rig = new ExchangeRig(List.of(a.url(), b.url()))) {
      RecordedClient client = rig.begin("POST", Optional.of(content("body")), HedgeRules.NONE);

      assertThat(client.status()).isEqualTo(500);
      assertThat(b.accepted()).isZero();
      client.end();
      rig.assertNothingHeld();
    }
  }

  /** It may have asked another, who did it and has gone in the middle. */
  @Test
  void neither_is_what_was_not_possible_now() throws Exception {
    try (ScriptedUpstream a = answering(status(503));
        ScriptedUpstream b = answering(OK);
        ExchangeRig rig = new ExchangeRig(List.of(a.url(), b.url()))) {
      RecordedClient client = rig.begin("POST", Optional.of(content("body")), HedgeRules.NONE);

      assertThat(client.status()).isEqualTo(503);
      assertThat(client.text()).isEqualTo("bad");
      assertThat(rig.told).containsExactly("a server-error");
      assertThat(b.accepted()).isZero();
      rig.assertNothingHeld();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 503})
  void unless_the_route_lets_it_be_done_twice(int status) throws Exception {
    try (ScriptedUpstream a = answering(status(status));
        ScriptedUpstream b = answering(OK);
        ExchangeRig rig =
            new ExchangeRig(
                List.of(a.url(), b.url()),
                "routes.r.retry.count",
                "0",
                "routes.r.retry.methods",
                "GET, POST")) {
      RecordedClient client = rig.begin("POST", Optional.of(content("body")), HedgeRules.NONE);

      assertThat(client.text()).isEqualTo("ok");
      assertThat(rig.told).containsExactly("a server-error", "b ok");
      rig.assertNothingHeld();
    }
  }

  /** The body waits for its upstream, which acts on the head. */
  @Test
  void a_head_may_have_been_enough() throws Exception {
    try (ScriptedUpstream a =
            ScriptedUpstream.onRequest((request, connection) -> connection.reset());
        ScriptedUpstream b = answering(OK);
        ExchangeRig rig = new ExchangeRig(List.of(a.url(), b.url()))) {
      RecordedClient client =
          rig.begin("POST", Optional.of(new RequestContent(4, () -> {})), HedgeRules.NONE);

      assertThat(client.status()).isEqualTo(502);
      assertThat(rig.told).containsExactly("a reset");
      assertThat(b.accepted()).isZero();
      rig.assertNothingHeld();
    }
  }

  /** The first is refused before there is a connection, the others when they have one. */
  @ParameterizedTest
  @ValueSource(strings = {"CONNECT", "TRACE", "OPTIONS"})
  void a_request_that_cannot_be_sent_is_nobodys_fault_but_its_own(String method) throws Exception {
    try (ScriptedUpstream a = answering(OK);
        ScriptedUpstream b = answering(OK);
        ExchangeRig rig = new ExchangeRig(List.of(a.url(), b.url()))) {
      for (int i = 0; i < 6; i++) {
        RecordedClient client = rig.begin(method, Optional.of(content("body")), HedgeRules.NONE);
        assertThat(client.status()).isEqualTo(400);
      }

      assertThat(rig.told).hasSize(6).containsOnly("a local");
      assertThat(rig.get().text()).isEqualTo("ok");
      rig.assertNothingHeld();
    }
  }

  /** The body waits for its upstream, so that nothing of it has gone out. */
  @Test
  void an_upstream_that_is_none_of_http_is_to_blame_before_the_body_too() throws Exception {
    try (ScriptedUpstream a =
            ScriptedUpstream.onRequest(
                (request, connection) -> connection.send("NO HTTP\r\n\r\n"));
        ScriptedUpstream b = answering(OK);
        ExchangeRig rig = new ExchangeRig(List.of(a.url(), b.url()))) {
      RecordedClient client =
          rig.begin("PUT", Optional.of(new RequestContent(4, () -> {})), HedgeRules.NONE);

      assertThat(client.text()).isEqualTo("ok");
      assertThat(rig.told).containsExactly("a reset", "b ok");
    }
  }

  @Test
  void an_empty_body_whose_end_has_gone_out_is_not_sent_twice() throws Exception {
    RequestContent empty = new RequestContent(-1, () -> {});
    empty.end(Headers.NONE);
    try (ScriptedUpstream a =
            ScriptedUpstream.onRequest(
                (request, connection) -> {
                  assertThat(connection.readText(5)).isEqualTo("0\r\n\r\n");
                  connection.reset();
                });
        ScriptedUpstream b = answering(OK);
        ExchangeRig rig = new ExchangeRig(List.of(a.url(), b.url()))) {
      RecordedClient client = rig.begin("POST", Optional.of(empty), HedgeRules.NONE);

      assertThat(client.status()).isEqualTo(502);
      assertThat(b.accepted()).isZero();
      rig.assertNothingHeld();
    }
  }

  @Test
  void a_fault_of_the_client_is_the_clients() throws Exception {
    try (ScriptedUpstream a = answering(status(404));
        ScriptedUpstream b = answering(OK);
        ExchangeRig rig = new ExchangeRig(List.of(a.url(), b.url()))) {
      RecordedClient client = rig.get();

      assertThat(client.status()).isEqualTo(404);
      client.end();
      assertThat(b.accepted()).isZero();
    }
  }

  @Test
  void an_answer_that_breaks_off_is_told_so() throws Exception {
    try (ScriptedUpstream a = answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart");
        ExchangeRig rig = new ExchangeRig(List.of(a.url()))) {
      RecordedClient client = rig.get();

      assertThat(client.status()).isEqualTo(200);
      assertThat(client.end()).isEqualTo("broken");
      rig.assertNothingHeld();
    }
  }

  @Test
  void an_answer_serves_a_session_when_all_of_it_has_come() throws Exception {
    Semaphore more = new Semaphore(0);
    try (ScriptedUpstream a =
            ScriptedUpstream.onRequest(
                (request, connection) -> {
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
                  more.acquireUninterruptibly();
                  connection.send("part");
                });
        ExchangeRig rig = new ExchangeRig(List.of(a.url()))) {
      rig.session = Optional.of("s");
      RecordedClient client = rig.get();

      assertThat(client.status()).isEqualTo(200);
      assertThat(rig.told).isEmpty();
      more.release();
      assertThat(client.end()).isEqualTo("end");
      assertThat(rig.told).containsExactlyInAnyOrder("a ok", "bound a");
      rig.assertNothingHeld();
    }
  }

  @Test
  void an_answer_that_breaks_off_does_not() throws Exception {
    try (ScriptedUpstream a = answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart");
        ExchangeRig rig = new ExchangeRig(List.of(a.url()), "upstreams.a.breaker.failures", "1")) {
      rig.session = Optional.of("s");

      assertThat(rig.get().end()).isEqualTo("broken");
      assertThat(rig.told).containsExactly("a reset");
      assertThat(rig.get().status()).as("its circuit is open").isEqualTo(503);
    }
  }

  @Test
  void a_client_that_goes_ends_the_upstreams_answer() throws Exception {
    try (TransportRig upstream = new TransportRig();
        ExchangeRig rig =
            new ExchangeRig(
                List.of("http://127.0.0.1:" + upstream.server.getAddress().getPort() + "/"))) {
      upstream.server.createContext(
          "/",
          exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try {
              while (true) {
                exchange.getResponseBody().write(new byte[8192]);
              }
            } catch (java.io.IOException e) {
              upstream.cut.countDown();
            }
          });
      RecordedClient client = rig.get();
      assertThat(client.status()).isEqualTo(200);
      client.stall();

      client.exchange().abort();

      assertThat(upstream.cut.await(10, TimeUnit.SECONDS)).isTrue();
      rig.assertNothingHeld();
    }
  }

  @Test
  void a_stream_of_events_without_an_event_is_an_error() throws Exception {
    String events = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    try (ScriptedUpstream a = answering(events + ": ping\n\n");
        ScriptedUpstream b = answering(events + "data: hello\n\n");
        ExchangeRig rig =
            new ExchangeRig(
                List.of(a.url(), b.url()), "routes.r.hedge.first-byte-timeout", "60s")) {
      RecordedClient client = rig.hedged();

      assertThat(client.text()).isEqualTo("data: hello\n\n");
      assertThat(rig.told).containsExactly("a server-error", "a server-error", "b ok");
      rig.assertNothingHeld();
    }
  }

  @Test
  void and_is_the_clients_when_nobody_has_more() throws Exception {
    String events = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    try (ScriptedUpstream a = answering(events + ": ping\n\n");
        ExchangeRig rig =
            new ExchangeRig(List.of(a.url()), "routes.r.hedge.first-byte-timeout", "60s")) {
      RecordedClient client = rig.hedged();

      assertThat(client.text()).isEqualTo(": ping\n\n");
      assertThat(rig.told).containsExactly("a server-error", "a server-error");
      rig.assertNothingHeld();
    }
  }

  private static RequestContent content(String text) {
    return TransportRig.content(text, true, Headers.NONE);
  }
}
