package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.config.HedgeRules;
import dev.culvert.handshake.Headers;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A connection that was kept may be closed by its upstream at the moment of use (RFC 9112 section
 * 9.3.1). The upstream of these tests answers the first request of each connection, and none that
 * comes after it.
 */
class StaleConnectionTest {

  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final int AT_ONCE = 4;

  private final BlockingQueue<String> begun = new LinkedBlockingQueue<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  /** A permit for each first request that may be answered. */
  private final Semaphore answers = new Semaphore(2 * AT_ONCE);

  /** What is sent in the place of a second answer. */
  private volatile String lastWords = "";

  private ExchangeRig rig(ScriptedUpstream upstream) {
    ExchangeRig rig =
        new ExchangeRig(
            List.of(upstream.url()), "routes.r.retry.count", "0", "upstreams.a.max-streams", "8");
    open.add(rig);
    return rig;
  }

  private ScriptedUpstream upstream() throws IOException {
    ScriptedUpstream upstream =
        ScriptedUpstream.onAccept(
            connection -> {
              begun.add(next(connection));
              answers.acquireUninterruptibly();
              connection.send(OK);
              begun.add(next(connection));
              connection.send(lastWords);
            });
    open.add(upstream);
    return upstream;
  }

  /** Method and body; a request is there when all of it has come. */
  private static String next(Wire connection) throws IOException {
    RequestHead head = connection.readRequest();
    int length = head.first("Content-Length").map(Integer::parseInt).orElse(0);
    return head.method() + " " + connection.readText(length);
  }

  private static void keepOne(ExchangeRig rig) throws Exception {
    assertThat(rig.get().text()).isEqualTo("ok");
    awaitIdle(rig, 1);
  }

  private static void awaitIdle(ExchangeRig rig, int count) {
    await()
        .until(
            () ->
                rig.transport.connections().values().stream().mapToInt(ConnectionCounts::idle).sum()
                    == count);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private static RequestContent content(String text) {
    return TransportRig.content(text, true, Headers.NONE);
  }

  @Test
  void what_may_be_repeated_goes_over_a_new_one_and_costs_no_attempt() throws Exception {
    ExchangeRig rig = rig(upstream());
    keepOne(rig);

    assertThat(rig.get().text()).isEqualTo("ok");

    assertThat(begun).containsExactly("GET ", "GET ", "GET ");
    assertThat(rig.told).containsExactly("a ok", "a ok");
    rig.assertNothingHeld();
  }

  @Test
  void so_does_its_body() throws Exception {
    ExchangeRig rig = rig(upstream());
    keepOne(rig);

    assertThat(rig.begin("PUT", Optional.of(content("body")), HedgeRules.NONE).text())
        .isEqualTo("ok");

    assertThat(begun).containsExactly("GET ", "PUT body", "PUT body");
    assertThat(rig.told).containsExactly("a ok", "a ok");
  }

  @Test
  void others_that_were_kept_are_not_tried_first() throws Exception {
    int permits = answers.drainPermits();
    ScriptedUpstream upstream = upstream();
    ExchangeRig rig = rig(upstream);
    List<RecordedClient> first = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      first.add(rig.get());
    }
    await().until(() -> begun.size() == AT_ONCE);
    answers.release(permits);
    for (RecordedClient each : first) {
      assertThat(each.text()).isEqualTo("ok");
    }
    awaitIdle(rig, AT_ONCE);

    assertThat(rig.get().text()).isEqualTo("ok");

    assertThat(upstream.accepted()).isEqualTo(AT_ONCE + 1);
    assertThat(begun).as("one of them was stale").hasSize(AT_ONCE + 2);
  }

  @Test
  void what_may_have_been_done_is_not_done_twice() throws Exception {
    ExchangeRig rig = rig(upstream());
    keepOne(rig);

    RecordedClient client = rig.begin("POST", Optional.of(content("body")), HedgeRules.NONE);

    assertThat(client.status()).isEqualTo(502);
    assertThat(begun).containsExactly("GET ", "POST body");
    assertThat(rig.told).containsExactly("a ok", "a reset");
    rig.assertNothingHeld();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 102 Processing\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nhalf\r\n\r\n"})
  void an_upstream_that_has_said_something_has_not_just_gone(String words) throws Exception {
    lastWords = words;
    ExchangeRig rig = rig(upstream());
    keepOne(rig);

    rig.get().end();

    assertThat(begun).containsExactly("GET ", "GET ");
  }

  @Test
  void a_new_connection_that_breaks_is_the_upstreams_fault() throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.answering("");
        ExchangeRig rig = new ExchangeRig(List.of(upstream.url()), "routes.r.retry.count", "0")) {
      assertThat(rig.get().status()).isEqualTo(502);
      assertThat(upstream.accepted()).isEqualTo(1);
      assertThat(rig.told).containsExactly("a reset");
    }
  }
}
