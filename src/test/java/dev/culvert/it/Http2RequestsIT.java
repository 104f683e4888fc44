package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.Http2Wire;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Requests of HTTP/2, frame by frame, on a route in mode {@code http} to an upstream that speaks
 * HTTP/1.1, keeps its connections, and goes by {@code Content-Length}.
 */
@ExtendWith(ServerExtension.class)
class Http2RequestsIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String PIECE = "0123456789";
  private static final String LONG = "300";
  private static final BlockingQueue<RequestHead> HEADS = new LinkedBlockingQueue<>();

  private static Application application;
  private static Client client;
  private static ScriptedUpstream upstream;

  /** Requests whose bodies are not what they say (RFC 9113 section 8.1.1). */
  private enum Malformed {
    SHORT {
      @Override
      void send(Http2Wire wire, String path) throws IOException {
        head(wire, "POST", path, LONG, false).data(1, true, PIECE);
      }
    },
    SHORT_WITH_TRAILERS {
      @Override
      void send(Http2Wire wire, String path) throws IOException {
        head(wire, "POST", path, LONG, false).data(1, false, PIECE).headers(1, true, "x-sum", "7");
      }
    },
    ABSENT {
      @Override
      void send(Http2Wire wire, String path) throws IOException {
        head(wire, "POST", path, LONG, true);
      }
    },
    SHORT_OF_GET {
      @Override
      void send(Http2Wire wire, String path) throws IOException {
        head(wire, "GET", path, LONG, false).data(1, true, PIECE);
      }
    },
    ABSENT_OF_GET {
      @Override
      void send(Http2Wire wire, String path) throws IOException {
        head(wire, "GET", path, LONG, true);
      }
    },
    TOO_LONG {
      @Override
      void send(Http2Wire wire, String path) throws IOException {
        head(wire, "POST", path, "5", false).data(1, true, PIECE);
      }
    },
    BROKEN_OFF {
      @Override
      void send(Http2Wire wire, String path) throws IOException {
        head(wire, "POST", path, LONG, false).data(1, false, PIECE).reset(1);
        wire.close();
      }
    };

    abstract void send(Http2Wire wire, String path) throws IOException;
  }

  @BeforeAll
  static void deploy(Application ours) throws IOException {
    application = ours;
    client = new Client(application);
    upstream = ScriptedUpstream.onAccept(Http2RequestsIT::serve);
    application.deploy(
        Config.empty()
            .routeTo("web", upstream.url())
            .onRoute("web", "mode", "http")
            .onRoute("web", "retry.count", "0")
            .routeTo("logged", upstream.url())
            .onRoute("logged", "mode", "http")
            .turns("v1", "llm", URI.create(upstream.url()).getPort())
            .packed());
  }

  @AfterAll
  static void stop() throws IOException {
    upstream.close();
  }

  @BeforeEach
  void forget() {
    HEADS.clear();
  }

  /** Answers before it has the body, or after it; and goes on with what follows it. */
  private static void serve(Wire connection) throws IOException {
    while (true) {
      RequestHead request = connection.readRequest();
      HEADS.add(request);
      int length = request.first("Content-Length").map(Integer::parseInt).orElse(0);
      boolean eager = request.target().endsWith("/eager");
      if (eager) {
        answer(connection);
      }
      connection.read(length);
      if (!eager) {
        answer(connection);
      }
    }
  }

  private static void answer(Wire connection) throws IOException {
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  }

  private static Http2Wire connect() throws IOException {
    return Http2Wire.connect(application.server().port());
  }

  private static Http2Wire head(
      Http2Wire wire, String method, String path, String length, boolean end) throws IOException {
    return wire.headers(
        1,
        end,
        ":method",
        method,
        ":scheme",
        "http",
        ":path",
        application.contextPath() + path,
        ":authority",
        "127.0.0.1",
        "content-length",
        length);
  }

  /** Of another client, by HTTP/1.1: over the connection that the gateway has kept, if it has. */
  private static void nextRequestIsUnharmed() throws Exception {
    HEADS.clear();
    try (Wire wire = client.connect()) {
      wire.send(
          "GET "
              + application.contextPath()
              + "/web/next HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Mine: 1\r\n\r\n");
      ResponseHead answer = wire.readResponse();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(wire.readBody(answer)).isEqualTo("ok");
    }
    RequestHead seen = nextHead();
    while (!seen.target().equals("/web/next")) { // one that was given up may come late
      assertThat(seen.target()).startsWith("/web/");
      seen = nextHead();
    }
    assertThat(seen.all("X-Mine")).containsExactly("1");
  }

  private static RequestHead nextHead() throws InterruptedException {
    RequestHead head = HEADS.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(head).as("a request").isNotNull();
    return head;
  }

  /** A connection is there to be kept, and the upstream is done with the request before we are. */
  @ParameterizedTest
  @EnumSource
  void a_body_of_another_length_takes_nothing_of_the_next_request(Malformed request)
      throws Exception {
    nextRequestIsUnharmed();
    try (Http2Wire wire = connect()) {
      request.send(wire, "/web/eager");
      if (request != Malformed.BROKEN_OFF) {
        Http2Wire.Answer unused = wire.answer(1); // whoever was faster
      }
    }

    nextRequestIsUnharmed();
  }

  @ParameterizedTest
  @EnumSource(names = {"SHORT", "SHORT_WITH_TRAILERS", "ABSENT", "SHORT_OF_GET", "ABSENT_OF_GET"})
  void a_body_that_ends_early_is_400_or_the_servers_own_refusal(Malformed request)
      throws Exception {
    try (Http2Wire wire = connect()) {
      request.send(wire, "/web/patient");
      assertThat(wire.answer(1)).satisfies(Http2RequestsIT::isRefusal);
    }

    nextRequestIsUnharmed();
  }

  @Test
  void so_it_is_where_it_was_to_be_a_turn() throws Exception {
    try (Http2Wire wire = connect()) {
      Malformed.ABSENT.send(wire, "/v1/responses");
      assertThat(wire.answer(1).status()).isEqualTo(400);
    }
  }

  /** WildFly resets streams of which it sees by itself that they are malformed. */
  private static void isRefusal(Http2Wire.Answer answer) {
    assertThat(answer.status() == 400 || !answer.whole()).as(answer.toString()).isTrue();
  }

  @Test
  void the_log_says_what_came_and_what_was_expected() throws Exception {
    int mark = application.server().log().mark();
    try (Http2Wire wire = connect()) {
      Malformed.SHORT_WITH_TRAILERS.send(wire, "/logged/patient");
      assertThat(wire.answer(1).status()).isEqualTo(400);
    }

    assertThat(
            application
                .server()
                .log()
                .await(mark, "CULVERT-W001 .*route=logged .*status=400", LIMIT))
        .contains("detail=body: 10 bytes (expected: 300 by its Content-Length)");
  }

  /** Payara has no bodies of such requests, and says nothing about that. */
  @Test
  void a_get_with_a_body_is_passed_on_or_refused() throws Exception {
    try (Http2Wire wire = connect()) {
      head(wire, "GET", "/web/patient", "10", false).data(1, true, PIECE);

      assertThat(wire.answer(1).status())
          .isEqualTo(ServerKind.underTest() == ServerKind.WILDFLY ? 200 : 400);
    }

    nextRequestIsUnharmed();
  }

  @Test
  void cookies_in_several_fields_are_one() throws Exception {
    try (Http2Wire wire = connect()) {
      wire.headers(
          1,
          true,
          ":method",
          "GET",
          ":scheme",
          "http",
          ":path",
          application.contextPath() + "/web/cookies",
          ":authority",
          "127.0.0.1",
          "cookie",
          "a=1",
          "cookie",
          "b=2; c=3");

      assertThat(wire.answer(1).body()).isEqualTo("ok");
    }
    assertThat(nextHead().all("Cookie")).containsExactly("a=1; b=2; c=3");
  }
}
