package dev.culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ordinary requests through a route in mode {@code http}. */
@ExtendWith(ServerExtension.class)
class HttpModeIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int LARGE = 8 * 1024 * 1024;

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static Application application;
  private static HttpServer upstream;
  private static ExecutorService threads;

  /** Bytes that the upstream has written of its endless answer. */
  private static final AtomicLong SENT = new AtomicLong();

  private static final Semaphore EVENTS = new Semaphore(0);

  /** A permit for each answer that may break off. */
  private static final Semaphore BREAKS = new Semaphore(0);

  private static final CountDownLatch RELEASED = new CountDownLatch(1);
  private static final CountDownLatch CUT = new CountDownLatch(1);

  @BeforeAll
  static void deploy(Application ours) throws IOException {
    application = ours;
    threads = Executors.newCachedThreadPool();
    upstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    upstream.setExecutor(threads);
    upstream.createContext("/web/hello", exchange -> answer(exchange, 200, "hello"));
    upstream.createContext("/web/seen", exchange -> answer(exchange, 200, seen(exchange)));
    upstream.createContext("/web/large", HttpModeIT::large);
    upstream.createContext("/web/count", HttpModeIT::count);
    upstream.createContext("/web/events", HttpModeIT::events);
    upstream.createContext("/web/endless", HttpModeIT::endless);
    upstream.createContext("/web/half", HttpModeIT::half);
    upstream.createContext("/users/hello", exchange -> answer(exchange, 200, "hello"));
    upstream.createContext("/users/held", HttpModeIT::held);
    upstream.createContext("/web/none", exchange -> answer(exchange, 304, ""));
    upstream.start();
    application.deploy(
        Config.empty()
            .routeTo("web", "http://127.0.0.1:" + upstream.getAddress().getPort())
            .onRoute("web", "mode", "http")
            .onRoute("web", "headers.request.set.X-Rule", "request")
            .onRoute("web", "headers.response.set.X-Rule", "response")
            .routeTo("users", "http://127.0.0.1:" + upstream.getAddress().getPort())
            .onRoute("users", "mode", "http")
            .onRoute("users", "roles", "**")
            .set("upstreams.users.max-sessions", "1")
            .war()
            .withBasicAuthentication()
            .packed());
  }

  @AfterAll
  static void stop() {
    upstream.stop(0);
    threads.shutdownNow();
  }

  /** Some of which are those of pages that servers compile. */
  @ParameterizedTest
  @ValueSource(strings = {"/web/hello", "/web/hello.html", "/web/hello.jsp", "/web/hello.jspx"})
  void an_answer_of_the_upstream_reaches_the_client(String path) throws Exception {
    HttpResponse<String> answer = send(request(path).GET());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("hello");
    assertThat(answer.headers().firstValue("X-Rule")).contains("response");
  }

  @Test
  void the_upstream_sees_who_asks() throws Exception {
    HttpResponse<String> answer =
        send(request("/web/seen").header("X-Own", "mine").header("Range", "bytes=1-2").GET());

    assertThat(answer.body())
        .contains("X-own=[mine]", "X-rule=[request]", "X-forwarded-for=[127.0.0.1]")
        .contains("Range=[bytes=1-2]", "X-forwarded-proto=[http]");
  }

  @Test
  void a_head_has_the_length_and_no_body() throws Exception {
    HttpResponse<String> answer =
        send(request("/web/hello").method("HEAD", BodyPublishers.noBody()));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Length")).contains("5");
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void an_answer_without_body_has_none() throws Exception {
    assertThat(send(request("/web/none").GET()).statusCode()).isEqualTo(304);
    assertThat(send(request("/web/hello").GET()).body()).isEqualTo("hello");
  }

  @Test
  void a_short_body_reaches_the_upstream() throws Exception {
    assertThat(send(request("/web/count").POST(BodyPublishers.ofString("abc"))).body())
        .isEqualTo("3");
  }

  @Test
  void a_large_body_reaches_the_upstream() throws Exception {
    byte[] body = new byte[LARGE];

    assertThat(send(request("/web/count").POST(BodyPublishers.ofByteArray(body))).body())
        .isEqualTo(Integer.toString(LARGE));
    assertThat(
            send(request("/web/count")
                    .POST(
                        BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(body))))
                .body())
        .isEqualTo(Integer.toString(LARGE));
  }

  @Test
  void a_large_answer_reaches_the_client() throws Exception {
    HttpResponse<byte[]> answer =
        HTTP.send(request("/web/large").GET().build(), BodyHandlers.ofByteArray());

    assertThat(answer.body()).hasSize(LARGE);
    assertThat(answer.headers().firstValue("Content-Length")).contains(Integer.toString(LARGE));
  }

  @Test
  void each_event_reaches_the_client_as_it_comes() throws Exception {
    HttpResponse<InputStream> answer =
        HTTP.send(request("/web/events").GET().build(), BodyHandlers.ofInputStream());
    try (EventStream events = new EventStream(answer)) {
      for (int i = 0; i < 3; i++) {
        EVENTS.release();
        assertThat(events.next().data()).isEqualTo("event " + i);
      }
      assertThat(events.next()).isNull();
    }
  }

  @Test
  void a_client_that_takes_nothing_stops_the_upstream_and_its_end_ends_it() throws Exception {
    Client client = new Client(application);
    try (Wire wire = client.connect()) {
      wire.send(
          "GET " + application.contextPath() + "/web/endless HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
      wire.readResponse();
      AtomicLong last = new AtomicLong(-1);
      await("the upstream to be held up")
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(300))
          .until(() -> last.getAndSet(SENT.get()) == SENT.get());
      assertThat(SENT.get()).isLessThan(32L * 1024 * 1024);
      wire.reset();
    }
    assertThat(CUT.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  /** Where neither a length nor chunks tell that something is missing, only a reset does. */
  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.0", "HTTP/1.1\r\nConnection: close"})
  void an_answer_that_breaks_off_does_not_look_whole(String version) throws Exception {
    URI uri = application.http("/web/half");
    try (Wire wire = Wire.connect(uri.getPort())) {
      wire.send("GET " + uri.getPath() + " " + version + "\r\nHost: 127.0.0.1\r\n\r\n");
      ResponseHead head = wire.readResponse();
      BREAKS.release();

      assertThat(head.status()).isEqualTo(200);
      assertThat(looksCutOff(head, wire)).isTrue();
    }
  }

  private static boolean looksCutOff(ResponseHead head, Wire wire) throws IOException {
    try {
      throw new IllegalStateException("body: " + wire.read(LARGE).length + " bytes (expected: 4)");
    } catch (SocketException reset) {
      return true;
    } catch (EOFException end) {
      return head.all("Transfer-Encoding").contains("chunked");
    }
  }

  @Test
  void two_users_who_name_their_session_alike_have_two() throws Exception {
    HttpResponse<InputStream> held =
        HTTP.send(as("alice", "/users/held"), BodyHandlers.ofInputStream());
    try (InputStream body = held.body()) {
      assertThat(body.read()).isEqualTo('h');

      assertThat(status(as("bob", "/users/hello"))).isEqualTo(503);
      assertThat(status(as("alice", "/users/hello"))).isEqualTo(200);
    } finally {
      RELEASED.countDown();
    }
  }

  /** A user's request; each names the same session. */
  private static HttpRequest as(String user, String path) {
    String password = new StringBuilder(user).reverse().toString();
    return request(path)
        .header("Authorization", HttpAnswers.basic(user, password))
        .header("X-Conversation-Id", "c")
        .GET()
        .build();
  }

  private static int status(HttpRequest request) throws Exception {
    return HTTP.send(request, BodyHandlers.discarding()).statusCode();
  }

  /** Half an answer, and the rest when the test is done. */
  private static void held(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write('h');
      out.flush();
      assertThat(RELEASED.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      out.write('i');
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(application.http(path)).timeout(LIMIT);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HTTP.send(request.build(), BodyHandlers.ofString(UTF_8));
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private static String seen(HttpExchange exchange) {
    StringBuilder seen = new StringBuilder();
    exchange.getRequestHeaders().forEach((name, values) -> seen.append(name + "=" + values + "\n"));
    return seen.toString();
  }

  private static void count(HttpExchange exchange) throws IOException {
    long count = 0;
    byte[] piece = new byte[8192];
    InputStream in = exchange.getRequestBody();
    for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
      count += read;
    }
    answer(exchange, 200, Long.toString(count));
  }

  private static void large(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, LARGE);
    try (OutputStream out = exchange.getResponseBody()) {
      byte[] piece = new byte[64 * 1024];
      Arrays.fill(piece, (byte) 'x');
      for (int i = 0; i < LARGE / piece.length; i++) {
        out.write(piece);
      }
    }
  }

  private static void events(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      for (int i = 0; i < 3; i++) {
        EVENTS.acquireUninterruptibly();
        out.write(("data: event " + i + "\n\n").getBytes(UTF_8));
        out.flush();
      }
    }
  }

  /** The server closes the connection of a handler that fails. */
  private static void half(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    exchange.getResponseBody().write("half".getBytes(UTF_8));
    exchange.getResponseBody().flush();
    BREAKS.acquireUninterruptibly();
    throw new IOException("half of it has gone");
  }

  private static void endless(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    byte[] piece = new byte[64 * 1024];
    try (OutputStream out = exchange.getResponseBody()) {
      while (true) {
        out.write(piece);
        SENT.addAndGet(piece.length);
      }
    } catch (IOException e) {
      CUT.countDown();
    }
  }
}
