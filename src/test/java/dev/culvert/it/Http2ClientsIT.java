package dev.culvert.it;

import static dev.culvert.testkit.ScriptedUpstream.ok;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.ReceivedEntity;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.SecureServer;
import dev.culvert.testkit.SentEntity;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStreamResetException;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.Message;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.entity.AsyncEntityProducers;
import org.apache.hc.core5.http.nio.support.AsyncRequestBuilder;
import org.apache.hc.core5.http.nio.support.BasicResponseConsumer;
import org.apache.hc.core5.http2.config.H2Config;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients that speak HTTP/2 with the server, over TLS (ALPN) and without (prior knowledge), on a
 * route in mode {@code http} whose upstream speaks HTTP/1.1.
 */
@ExtendWith(ServerExtension.class)
class Http2ClientsIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int LARGE = 4 * 1024 * 1024;

  /** More than the servers hold for a client, and less than they and the gateway hold together. */
  private static final int HELD = 75_000;

  /** A body with trailers says nothing about its length. */
  private static final List<Header> TRAILERS = List.of(new BasicHeader("x-sum", "7"));

  private static final Semaphore EVENTS = new Semaphore(0);

  private static SecureServer secure;
  private static Application application;
  private static ScriptedUpstream upstream;

  /** Speaks nothing but HTTP/2. */
  private static CloseableHttpAsyncClient client;

  @BeforeAll
  static void deploy(SecureServer shared) throws IOException {
    secure = shared;
    upstream = ScriptedUpstream.onRequest(Http2ClientsIT::answer);
    client = Http2Clients.start(secure);
    application = secure.server().application("http2");
    application.deploy(
        Config.empty()
            .routeTo("web", upstream.url())
            .onRoute("web", "mode", "http")
            .onRoute("web", "http.max-request", Integer.toString(LARGE))
            .routeTo("quick", upstream.url())
            .onRoute("quick", "mode", "http")
            .onRoute("quick", "stream.idle-timeout", "500ms")
            .routeTo("tunnel", upstream.url())
            .packed());
  }

  @AfterAll
  static void stop() throws IOException {
    client.close();
    application.close();
    upstream.close();
  }

  private static void answer(RequestHead request, Wire connection) throws IOException {
    String path = request.target();
    switch (path.substring(path.lastIndexOf('/') + 1)) {
      case "count" -> {
        Chunked body = Chunked.read(connection);
        connection.send(ok(body.length() + " " + body.trailers()));
      }
      case "large" -> connection.send(ok("x".repeat(LARGE)));
      case "held" -> connection.send(ok("x".repeat(HELD)));
      case "trailers" ->
          connection.send(
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                  + "3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n");
      case "half" -> connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
      case "half-chunked" ->
          connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
      case "events" -> {
        connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
        for (int i = 0; i < 3; i++) {
          EVENTS.acquireUninterruptibly();
          connection.send("data: event " + i + "\n\n");
        }
      }
      default ->
          connection.send(
              ok(
                  request.first("X-Forwarded-Proto").orElse("")
                      + request.first("Transfer-Encoding").orElse("")));
    }
  }

  /** A body of unknown length. */
  private record Chunked(long length, String trailers) {

    static Chunked read(Wire connection) throws IOException {
      long length = 0;
      for (int size = size(connection); size > 0; size = size(connection)) {
        length += connection.read(size).length;
        line(connection);
      }
      StringBuilder trailers = new StringBuilder();
      for (String field = line(connection); !field.isEmpty(); field = line(connection)) {
        trailers.append(field);
      }
      return new Chunked(length, trailers.toString().toLowerCase(Locale.ROOT));
    }

    private static int size(Wire connection) throws IOException {
      return Integer.parseInt(line(connection), 16);
    }

    private static String line(Wire connection) throws IOException {
      StringBuilder line = new StringBuilder();
      for (String next = connection.readText(1);
          !next.equals("\n");
          next = connection.readText(1)) {
        line.append(next);
      }
      return line.toString().strip();
    }
  }

  private static URI encrypted(String path) {
    return URI.create("https://127.0.0.1:" + secure.tlsPort() + application.contextPath() + path);
  }

  static Stream<URI> roots() {
    return Stream.of(encrypted("/web/"), application.http("/web/"));
  }

  private static Message<HttpResponse, ReceivedEntity.Content> send(AsyncRequestBuilder request)
      throws Exception {
    Message<HttpResponse, ReceivedEntity.Content> answer = exchange(request);
    assertThat(answer.getHead().getCode()).isEqualTo(200);
    return answer;
  }

  private static Message<HttpResponse, ReceivedEntity.Content> exchange(AsyncRequestBuilder request)
      throws Exception {
    var answer =
        client.execute(request.build(), new BasicResponseConsumer<>(new ReceivedEntity()), null);
    var message = answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(message.getHead().getVersion()).isEqualTo(HttpVersion.HTTP_2);
    return message;
  }

  private static String text(Message<HttpResponse, ReceivedEntity.Content> answer) {
    return UTF_8.decode(answer.getBody().bytes()).toString();
  }

  @ParameterizedTest
  @MethodSource("roots")
  void a_request_without_body_goes_through_without_one(URI root) throws Exception {
    assertThat(text(send(AsyncRequestBuilder.get(root.resolve("seen")))))
        .isEqualTo(root.getScheme());
  }

  @ParameterizedTest
  @MethodSource("roots")
  void a_short_body_goes_through_whenever_it_comes(URI root) throws Exception {
    for (int i = 0; i < 20; i++) {
      AsyncEntityProducer body = AsyncEntityProducers.create("abc", ContentType.TEXT_PLAIN);
      assertThat(text(send(AsyncRequestBuilder.post(root.resolve("count")).setEntity(body))))
          .isEqualTo("3 ");
    }
  }

  @ParameterizedTest
  @MethodSource("roots")
  void a_large_body_goes_through(URI root) throws Exception {
    AsyncEntityProducer body =
        AsyncEntityProducers.create(new byte[LARGE], ContentType.APPLICATION_OCTET_STREAM);

    assertThat(text(send(AsyncRequestBuilder.post(root.resolve("count")).setEntity(body))))
        .isEqualTo(LARGE + " ");
  }

  @ParameterizedTest
  @MethodSource("roots")
  void a_body_that_turns_out_to_be_too_long_is_413(URI root) throws Exception {
    AsyncEntityProducer body = new SentEntity(new byte[LARGE + 1], TRAILERS);

    assertThat(
            exchange(AsyncRequestBuilder.post(root.resolve("count")).setEntity(body))
                .getHead()
                .getCode())
        .isEqualTo(413);
  }

  @ParameterizedTest
  @MethodSource("roots")
  void a_large_answer_goes_through(URI root) throws Exception {
    assertThat(send(AsyncRequestBuilder.get(root.resolve("large"))).getBody().bytes().remaining())
        .isEqualTo(LARGE);
  }

  @ParameterizedTest
  @MethodSource("roots")
  void trailers_of_an_answer_reach_the_client(URI root) throws Exception {
    Message<HttpResponse, ReceivedEntity.Content> answer =
        send(AsyncRequestBuilder.get(root.resolve("trailers")).addHeader("TE", "trailers"));

    assertThat(text(answer)).isEqualTo("abc");
    assertThat(answer.getBody().trailers())
        .extracting(Header::getName, Header::getValue)
        .containsExactly(tuple("x-sum", "7"));
  }

  @ParameterizedTest
  @MethodSource("roots")
  void trailers_of_a_request_reach_the_upstream(URI root) throws Exception {
    AsyncEntityProducer body = new SentEntity("abc".getBytes(UTF_8), TRAILERS);

    assertThat(text(send(AsyncRequestBuilder.post(root.resolve("count")).setEntity(body))))
        .isEqualTo("3 x-sum: 7");
  }

  @ParameterizedTest
  @MethodSource("roots")
  void an_answer_that_breaks_off_is_no_answer(URI root) {
    for (String path : List.of("half", "half-chunked")) {
      assertThatThrownBy(() -> send(AsyncRequestBuilder.get(root.resolve(path))))
          .hasRootCauseInstanceOf(HttpStreamResetException.class);
    }
  }

  /** HTTP/2 has no upgrade, and these servers offer no extended {@code CONNECT} (RFC 8441). */
  @ParameterizedTest
  @MethodSource("roots")
  void a_tunnel_is_not_to_be_had(URI root) throws Exception {
    int before = upstream.accepted();
    Message<HttpResponse, ReceivedEntity.Content> answer =
        exchange(AsyncRequestBuilder.get(root.resolve("../tunnel/")));

    assertThat(answer.getHead().getCode()).isEqualTo(505);
    assertThat(text(answer)).contains("protocol: HTTP/2.0 (expected: HTTP/1.1)");
    assertThat(upstream.accepted()).isEqualTo(before);
  }

  /** Its upstream has nothing to do with it any more. */
  @Test
  void a_client_that_takes_nothing_of_an_answer_that_is_here_is_given_up() throws Exception {
    int mark = application.server().log().mark();
    H2Config narrow = H2Config.custom().setInitialWindowSize(1024).build();
    try (CloseableHttpAsyncClient stalled =
        HttpAsyncClients.customHttp2().setH2Config(narrow).disableAutomaticRetries().build()) {
      stalled.start();
      Future<Message<HttpResponse, ReceivedEntity.Content>> answer =
          stalled.execute(
              AsyncRequestBuilder.get(application.http("/quick/held")).build(),
              new BasicResponseConsumer<>(ReceivedEntity.withoutRoom()),
              null);

      application
          .server()
          .log()
          .await(mark, "CULVERT-W001 .*route=quick .*status=408 .*nothing taken for", LIMIT);
      assertThat(answer)
          .failsWithin(LIMIT)
          .withThrowableThat()
          .withRootCauseInstanceOf(HttpStreamResetException.class);
    }
  }

  /** With the JDK's client, which tells of each piece. */
  @Test
  void each_event_reaches_the_client_as_it_comes() throws Exception {
    HttpClient jdk = HttpClient.newBuilder().sslContext(secure.clientContext()).build();
    java.net.http.HttpResponse<InputStream> answer =
        jdk.send(
            HttpRequest.newBuilder(encrypted("/web/events")).timeout(LIMIT).build(),
            BodyHandlers.ofInputStream());

    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
    try (EventStream events = new EventStream(answer)) {
      for (int i = 0; i < 3; i++) {
        EVENTS.release();
        assertThat(events.next().data()).isEqualTo("event " + i);
      }
      assertThat(events.next()).isNull();
    }
  }
}
