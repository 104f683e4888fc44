package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.culvert.admin.ProviderInfo;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoedMessages;
import dev.culvert.testkit.Http2Upstream;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.SecureServer;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerLog;
import dev.culvert.testkit.SilentExchange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.nio.AsyncServerExchangeHandler;
import org.apache.hc.core5.http.nio.entity.AsyncEntityProducers;
import org.apache.hc.core5.http.nio.support.AsyncResponseBuilder;
import org.apache.hc.core5.http.nio.support.ImmediateResponseExchangeHandler;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Routes in mode {@code http} to upstreams with TLS and HTTP/2, and to several. */
@ExtendWith(ServerExtension.class)
class HttpUpstreamsIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int TURNS = 100;

  /** A permit for each request that gets no answer, and for each of these that was given up. */
  private static final Semaphore MUTE = new Semaphore(0);

  private static final Semaphore CUT = new Semaphore(0);

  private static SecureServer secure;
  private static Application application;
  private static CloseableHttpAsyncClient client;
  private static Http2Upstream well;
  private static ScriptedUpstream sick;
  private static ScriptedUpstream silent;
  private static ScriptedUpstream talking;

  /** Nobody listens there. */
  private static Socket down;

  @BeforeAll
  static void deploy(SecureServer shared) throws IOException, InterruptedException {
    secure = shared;
    client = Http2Clients.start(secure);
    well =
        Http2Upstream.start(
            secure.authority().issue("127.0.0.1").context(secure.authority().certificate()),
            HttpUpstreamsIT::exchange);
    sick =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              String path = request.target();
              String status = path.substring(path.lastIndexOf('/') + 1);
              connection.send(
                  "HTTP/1.1 " + status + " Sick\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            });
    silent = ScriptedUpstream.silent();
    talking =
        ScriptedUpstream.answering(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: HTTP/1.1\n\n");
    down = new Socket();
    down.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    application = secure.server().application("httpupstreams");
    application.deploy(config().packed());
  }

  private static Config config() {
    Config config =
        Config.empty()
            .upstream("well", well.url())
            .upstream("mute", well.url() + "/mute")
            .upstream("misnamed", well.url())
            .set("upstreams.misnamed.tls.server-name", "other.test")
            .upstream("unknown", well.url())
            .upstream("down", "http://127.0.0.1:" + down.getLocalPort())
            .upstream("sick", sick.url())
            .upstream("silent", silent.url())
            .upstream("talking", talking.url())
            .set("defaults.policy", "first")
            .set("defaults.retry.backoff", "1ms")
            .set("defaults.hedge.first-byte-timeout", "200ms");
    for (String trusted : List.of("well", "mute", "misnamed")) {
      config = config.set("upstreams." + trusted + ".tls.trust", secure.trust().toString());
    }
    Map<String, String> routes =
        Map.of(
            "well", "well",
            "misnamed", "misnamed",
            "unknown", "unknown",
            "several", "down,sick,well",
            "late", "silent,well",
            "mute", "mute,talking");
    for (Map.Entry<String, String> route : routes.entrySet()) {
      config =
          config.route(route.getKey(), route.getValue()).onRoute(route.getKey(), "mode", "http");
    }
    return config;
  }

  @AfterAll
  static void stop() throws IOException {
    client.close();
    application.close();
    well.close();
    sick.close();
    silent.close();
    talking.close();
    down.close();
  }

  /** Under {@code /mute/} it says nothing; else it tells by which protocol it was asked. */
  private static AsyncServerExchangeHandler exchange(HttpRequest request) {
    String path = request.getPath();
    if (path.startsWith("/mute/")) {
      MUTE.release();
      return new SilentExchange(CUT);
    }
    String event = "data: " + request.getVersion() + "\n\n";
    return path.endsWith("/call")
        ? new EchoedMessages()
        : new ImmediateResponseExchangeHandler(
            AsyncResponseBuilder.create(200)
                .setEntity(AsyncEntityProducers.create(event, ContentType.TEXT_EVENT_STREAM))
                .build());
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return HttpAnswers.get(application.http(path), HttpAnswers.ANONYMOUS);
  }

  @Test
  void an_upstream_within_tls_that_speaks_http2_is_asked_by_that() throws Exception {
    HttpResponse<String> answer = get("/well/");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("data: HTTP/2.0\n\n");
  }

  @ParameterizedTest
  @CsvSource({"misnamed, other.test", "unknown, PKIX"})
  void a_certificate_that_is_wrong_is_502_and_the_log_says_what_is_wrong_with_it(
      String route, String reason) throws Exception {
    ServerLog log = application.server().log();
    int mark = log.mark();

    assertThat(get("/" + route + "/").statusCode()).isEqualTo(502);

    log.await(
        mark,
        "CULVERT-W001 .*route=" + route + " .*status=502 .*detail=cannot connect: .*" + reason,
        LIMIT);
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 503})
  void one_that_is_down_and_one_that_fails_are_passed_over(int status) throws Exception {
    int before = sick.accepted();
    HttpResponse<String> answer = get("/several/" + status);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("data: HTTP/2.0\n\n");
    assertThat(sick.accepted()).isGreaterThan(before);
    awaitNothingHeld();
  }

  @Test
  void one_that_stays_silent_loses_to_another_and_its_connection_is_cut() throws Exception {
    int before = silent.accepted();
    assertThat(HttpAnswers.events(application.http("/late/")).body())
        .isEqualTo("data: HTTP/2.0\n\n");

    assertThat(silent.accepted()).isEqualTo(before + 1);
    await("the loser").atMost(LIMIT).until(() -> silent.live() == 0);
    awaitNothingHeld();
  }

  @Test
  void so_is_a_stream_of_http2() throws Exception {
    assertThat(HttpAnswers.events(application.http("/mute/")).body())
        .isEqualTo("data: HTTP/1.1\n\n");

    assertThat(MUTE.tryAcquire()).isTrue();
    assertThat(CUT.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    awaitNothingHeld();
  }

  private static void awaitNothingHeld() {
    await("sessions and streams of upstreams")
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(Management.providersOf(application).list())
                    .isNotEmpty()
                    .extracting(ProviderInfo::sessions, ProviderInfo::streams)
                    .containsOnly(tuple(0, 0)));
  }

  static Stream<URI> roots() {
    return Stream.of(
        URI.create("https://127.0.0.1:" + secure.tlsPort() + application.contextPath() + "/well/"),
        application.http("/well/"));
  }

  /** Neither side has said its last when the other one speaks. */
  @ParameterizedTest
  @MethodSource("roots")
  void messages_go_both_ways_by_turns_and_the_status_comes_after_them(URI root) throws Exception {
    MessageCall call = MessageCall.begin(client, root.resolve("call"));
    for (int i = 0; i < TURNS; i++) {
      call.send("message " + i);
      assertThat(call.next()).isEqualTo("message " + i);
    }
    assertThat(call.status()).isEqualTo(200);
    assertThat(Management.providersOf(application).list())
        .filteredOn(provider -> provider.name().equals("well"))
        .extracting(ProviderInfo::sessions, ProviderInfo::streams)
        .containsExactly(tuple(1, 1));
    call.end();

    assertThat(call.trailers()).isEqualTo(Map.of("grpc-status", "0"));
    awaitNothingHeld();
  }
}
