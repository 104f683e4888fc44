package dev.culvert.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.HostBoundary;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TurnExchangeTest {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final TurnRouteRig rig =
      new TurnRouteRig(
          Map.of(
              "deploy",
              arguments -> 7L,
              "owner",
              arguments -> {
                throw new LinkageError("no");
              }));
  private final RecordedResponse response = new RecordedResponse();
  private final AtomicInteger completions = new AtomicInteger();
  private final AtomicInteger breaks = new AtomicInteger();
  private final CountDownLatch writing = new CountDownLatch(1);
  private final CountDownLatch completed = new CountDownLatch(1);

  /** Whether the connection was ended before the exchange was. */
  private volatile boolean brokenFirst;

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void anErrorWhereATurnBeginsIsAnswered() throws Exception {
    exchange(rig.gateway.turns(), response.asResponse())
        .complete("{\"previous_response_id\":\"r1\"}".getBytes(UTF_8));

    assertThat(completed.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(response.status()).isEqualTo(500);
    assertThat(response.bodyLength()).isPositive();
    assertThat(completions).hasValue(1);
    assertThat(breaks).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"previous_response_id\":\"\",\"previous_response_id\":\"r1\"}",
        "{\"previous_response_id\":\"r1\"}{}"
      })
  void aBodyThatCanBeReadInTwoWaysIsNoTurn(String body) throws Exception {
    exchange(rig.gateway.turns(), response.asResponse()).complete(body.getBytes(UTF_8));

    assertThat(completed.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.bodyLength()).isPositive();
  }

  @Test
  @Timeout(20)
  void theEndOfTheDeploymentDoesNotWaitForAClientThatTakesNothing() throws Exception {
    Turns turns = new Turns(Duration.ZERO, Duration.ZERO);
    HttpServletResponse stalled =
        Stub.of(HttpServletResponse.class, Map.of("getOutputStream", arguments -> stall()));
    TurnExchange exchange = exchange(turns, stalled);
    assertThat(turns.enter(exchange)).isTrue();
    Thread thread = new Thread(exchange::tooLong);
    thread.setDaemon(true);
    thread.start();
    assertThat(writing.await(10, TimeUnit.SECONDS)).isTrue();

    turns.close();

    assertThat(completed.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(completions).hasValue(1);
    assertThat(brokenFirst).as("the server does not wait for it either").isTrue();
  }

  @Test
  void aRequestThatCannotBeReadIsAnsweredAndLeftBehind() throws Exception {
    Turns turns = rig.gateway.turns();
    HttpServletRequest unreadable =
        Stub.of(
            HttpServletRequest.class,
            Map.of(
                "getAsyncContext",
                arguments -> left(),
                "getContentLengthLong",
                arguments -> 5L,
                "getInputStream",
                arguments -> {
                  throw new IllegalStateException("the connection is gone");
                }));

    exchange(turns, unreadable, response.asResponse()).start();

    assertThat(completed.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(response.status()).isEqualTo(400);
    assertThat(completions).hasValue(1);
  }

  /** As it may over HTTP/2 (RFC 9113 section 8.1.1). */
  @Test
  void aBodyThatEndsBeforeItsLengthIsNoTurn() throws Exception {
    Unread input = new Unread(false);
    exchange(rig.gateway.turns(), announcing(300, input), response.asResponse()).start();

    input.listener.onAllDataRead();

    assertThat(completed.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.bodyLength()).isPositive();
  }

  /** Undertow has looked at it by then, and calls no listener. */
  @Test
  void norIsOneThatHasEndedBeforeItBegan() throws Exception {
    Unread input = new Unread(true);

    exchange(rig.gateway.turns(), announcing(300, input), response.asResponse()).start();

    assertThat(completed.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(response.status()).isEqualTo(400);
  }

  private static HttpServletRequest announcing(int length, ServletInputStream input) {
    return Stub.of(
        HttpServletRequest.class,
        Map.of(
            "getContentLengthLong", arguments -> (long) length,
            "getContentLength", arguments -> length,
            "getInputStream", arguments -> input,
            "getAsyncContext", arguments -> left()));
  }

  /** What servers answer whose thread has left the exchange. */
  private static AsyncContext left() {
    throw new IllegalStateException("the exchange is over");
  }

  /** Of which nothing has come. */
  private static final class Unread extends ServletInputStream {
    private final boolean finished;
    private ReadListener listener;

    Unread(boolean finished) {
      this.finished = finished;
    }

    @Override
    public int read() {
      return -1;
    }

    @Override
    public boolean isFinished() {
      return finished;
    }

    @Override
    public boolean isReady() {
      return false;
    }

    @Override
    public void setReadListener(ReadListener set) {
      listener = set;
    }
  }

  private Object stall() {
    writing.countDown();
    try {
      return new CountDownLatch(1).await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  private TurnExchange exchange(Turns turns, HttpServletResponse answers) {
    HttpServletRequest request =
        Stub.of(
            HttpServletRequest.class,
            Map.of(
                "getAsyncContext",
                arguments -> {
                  throw new IllegalStateException("the server's thread has returned");
                }));
    return exchange(turns, request, answers);
  }

  private TurnExchange exchange(
      Turns turns, HttpServletRequest request, HttpServletResponse answers) {
    AsyncContext async =
        Stub.of(
            AsyncContext.class,
            Map.of(
                "getRequest",
                arguments -> request,
                "getResponse",
                arguments -> answers,
                "complete",
                arguments -> {
                  brokenFirst = breaks.get() > 0;
                  completions.incrementAndGet();
                  completed.countDown();
                  return null;
                }));
    HostBoundary host =
        Stub.of(HostBoundary.class, Map.of("abort", arguments -> breaks.incrementAndGet() > 0));
    ServletAnswer answer = new ServletAnswer(host, async, turns, PATIENCE);
    return new TurnExchange(turns, rig.starter("Host", "gw.test"), async, answer, PATIENCE);
  }
}
