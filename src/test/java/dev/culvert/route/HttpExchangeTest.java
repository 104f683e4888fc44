package dev.culvert.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.boundary.HostBoundary;
import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.ForwardedClient;
import dev.culvert.handshake.Headers;
import dev.culvert.http.Answer;
import dev.culvert.provider.Ask;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who has the last word about the answer to a client. */
class HttpExchangeTest {

  private static final Answer.Head OK = new Answer.Head(200, Headers.NONE, -1, true);

  /** What happened to the response, in order. */
  private final List<String> told = new CopyOnWriteArrayList<>();

  /** Whether the client takes something. */
  private volatile boolean ready = true;

  /** Thrown by the response. */
  private Error fault;

  private WriteListener listener;
  private AsyncListener server;

  /** Run while an upstream is looked for, of which none is free. */
  private Runnable whileChoosing = () -> {};

  private final LoggedLines logged = new LoggedLines("dev.culvert.http");

  private final Settings settings = settings("0s");
  private final Gateway gateway =
      new Gateway(
          "app",
          Stub.of(
              HostBoundary.class,
              Map.of(
                  "salt", arguments -> "salt",
                  "abort", arguments -> told.add("abort"),
                  "setWriteListener", Stub::run,
                  "complete", Stub::run,
                  "acquireLease", arguments -> choose())),
          settings,
          () -> settings);
  private final HttpExchange exchange = exchange(settings.routes().get("chat"));

  private static Settings settings(String idleTimeout) {
    return TestSettings.of(
        "culvert.routes.chat.mode", "http",
        "culvert.upstreams.up.url", "http://up.test",
        "culvert.routes.chat.stream.idle-timeout", idleTimeout,
        "culvert.routes.chat.http.max-request", "1KiB");
  }

  /** On this thread, as if it were the server's own. */
  private HttpExchange exchange(Route route) {
    Map<String, Function<Object[], Object>> ofResponse = new HashMap<>();
    ofResponse.put("setStatus", this::setStatus);
    ofResponse.put("getOutputStream", arguments -> new Output());
    Map<String, Function<Object[], Object>> ofRequest = new HashMap<>();
    ofRequest.put("getMethod", arguments -> "GET");
    Map<String, Function<Object[], Object>> ofAsync = new HashMap<>();
    HttpServletRequest http = Stub.of(HttpServletRequest.class, ofRequest);
    HttpServletResponse response = Stub.of(HttpServletResponse.class, ofResponse);
    ofAsync.put("getRequest", arguments -> http);
    ofAsync.put("getResponse", arguments -> response);
    ofAsync.put("complete", arguments -> told.add("complete"));
    ofAsync.put("addListener", arguments -> server = (AsyncListener) arguments[0]);
    ClientRequest request = TestRequests.get("/chat", Headers.of("Host", "gateway.test"));
    ForwardedClient client = ForwardedClient.of(request, List.of());
    HttpReport report = new HttpReport(gateway, route, client.addressText(), request);
    return new HttpExchange(
        gateway,
        route,
        new HttpPlan(gateway, settings, route, request, client, Optional.empty(), report),
        new Ask(Optional.empty(), group -> true, feature -> Optional.empty()),
        Stub.of(AsyncContext.class, ofAsync),
        route.http().maxRequest(),
        report);
  }

  private boolean choose() {
    whileChoosing.run();
    return false;
  }

  private boolean setStatus(Object... arguments) {
    if (fault != null) {
      throw fault;
    }
    return told.add("status " + arguments[0]);
  }

  @AfterEach
  void stop() {
    logged.close();
    gateway.stop();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  @Test
  void an_upstreams_answer_goes_to_the_client() {
    exchange.head(OK, count -> {});
    exchange.data(bytes("hello"));
    exchange.end(Headers.NONE);

    assertThat(told).containsExactly("status 200", "hello", "complete");
  }

  @Test
  void the_end_of_the_deployment_is_an_answer_where_there_is_none() {
    exchange.cutOff("the deployment has ended");

    assertThat(told).containsExactly("status 503", "503\n", "complete");
  }

  @Test
  void a_body_that_is_not_what_it_said_is_400() {
    exchange.malformed("body: 1 bytes (expected: 2)");

    assertThat(told).containsExactly("status 400", "400\n", "complete");
  }

  @Test
  void it_breaks_off_an_answer_that_has_begun() {
    exchange.head(OK, count -> {});
    exchange.data(bytes("hel"));
    exchange.cutOff("the deployment has ended");
    exchange.data(bytes("lo"));
    exchange.end(Headers.NONE);

    assertThat(told).containsExactly("status 200", "hel", "abort", "complete");
  }

  /** The client takes nothing yet, so that the first answer is not over. */
  @Test
  void an_upstream_that_answers_after_that_is_not_heard() throws IOException {
    ready = false;
    exchange.tooLong();
    exchange.head(OK, count -> {});
    exchange.data(bytes("hello"));
    exchange.end(Headers.NONE);
    assertThat(told).containsExactly("status 413");

    ready = true;
    listener.onWritePossible();

    assertThat(told).containsExactly("status 413", "413\n", "complete");
  }

  @Test
  void a_client_that_takes_nothing_of_an_answer_that_is_here_is_given_up() {
    ready = false;
    HttpExchange limited = exchange(settings("100ms").routes().get("chat"));
    limited.head(OK, count -> {});
    limited.data(bytes("hello"));
    limited.end(Headers.NONE);

    await().atMost(Duration.ofSeconds(10)).until(() -> told.contains("complete"));
    assertThat(told).containsExactly("status 200", "abort", "complete");
  }

  @Test
  void nor_is_one_waited_for_that_takes_nothing_of_our_own() {
    ready = false;
    HttpExchange limited = exchange(settings("100ms").routes().get("chat"));
    limited.tooLong();

    await().atMost(Duration.ofSeconds(10)).until(() -> told.contains("complete"));
    assertThat(told).containsExactly("status 413", "abort", "complete");
  }

  @Test
  void a_fault_of_the_server_ends_it() {
    fault = new LinkageError("no");
    exchange.head(OK, count -> {});

    assertThat(told).containsExactly("abort", "complete");
  }

  @Test
  void a_client_that_leaves_before_there_is_an_answer_is_499_in_the_log() {
    whileChoosing = this::leave;
    exchange.start();

    assertThat(told).containsExactly("complete");
    assertThat(logged.all())
        .containsExactly(
            "INFO CULVERT-W001 no answer: route=chat upstream=none client=127.0.0.1 method=GET"
                + " path=/chat status=499 detail=closed before=0");
  }

  @Test
  void so_is_one_that_leaves_in_the_middle_of_it() {
    ready = false;
    exchange.head(OK, count -> {});
    exchange.data(bytes("hello"));
    listener.onError(new IOException("reset"));

    assertThat(told).containsExactly("status 200", "complete");
    assertThat(logged.all()).singleElement().asString().contains(" status=499 ", "reset");
  }

  /** As the server tells it. */
  private void leave() {
    try {
      server.onError(null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void a_client_that_does_not_take_our_last_words_is_left() {
    ready = false;
    exchange.cutOff("the deployment has ended");
    exchange.abandon();
    exchange.abandon();

    assertThat(told).containsExactly("status 503", "abort", "complete");
  }

  /** Of the server. */
  private final class Output extends ServletOutputStream {
    @Override
    public void write(int b) {
      throw new UnsupportedOperationException("in pieces");
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      told.add(new String(bytes, offset, length, UTF_8));
    }

    @Override
    public void flush() {}

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public void setWriteListener(WriteListener set) {
      listener = set;
    }
  }
}
