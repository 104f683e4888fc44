package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.DialResult;
import dev.culvert.boundary.Fields;
import dev.culvert.provider.CircuitState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Upstreams that fail or refuse during the handshake: who is asked next, and who is to blame. */
@SuppressWarnings("FutureReturnValueIgnored") // the stub hands it to the code under test
class TunnelFailoverTest extends TunnelHandshakes {

  @Test
  void an_upstream_that_cannot_be_reached_is_followed_by_the_next() throws InterruptedException {
    deploy(TestSettings.of(TWO_UPSTREAMS));
    List<String> dialled =
        dialling(
            Map.of(
                "up:1", answer(DialResult.CONNECT_FAILED, 0),
                "other:1", Fields.to(DialResult.class, switched())));

    shakeHands();

    assertThat(response.status()).isEqualTo(101);
    assertThat(dialled).containsExactly("up:1", "other:1");
    assertThat(leases).as("of the stream").hasSize(1);
  }

  @Test
  void a_server_error_is_followed_by_the_next_and_the_last_answer_is_the_clients()
      throws InterruptedException {
    deploy(TestSettings.of(TWO_UPSTREAMS));
    List<String> dialled =
        dialling(
            Map.of(
                "up:1", answer(DialResult.RESPONSE, 500),
                "other:1", answer(DialResult.RESPONSE, 502, "X-Reason", "mine")));

    shakeHands();

    assertThat(response.status()).isEqualTo(502);
    assertThat(response.header("X-Reason")).contains("mine");
    assertThat(dialled).containsExactly("up:1", "other:1");
    assertThat(leases).isEmpty();
  }

  @Test
  void a_server_error_is_retried_after_a_pause() throws InterruptedException {
    deploy(
        TestSettings.of(
            "culvert.routes.chat.upgrades", "websocket, raw",
            "culvert.routes.chat.retry.count", "2",
            "culvert.routes.chat.retry.backoff", "1ms"));
    List<String> dialled = dialling(Map.of("up:1", answer(DialResult.RESPONSE, 500)));

    shakeHands();

    assertThat(response.status()).isEqualTo(500);
    assertThat(dialled).containsExactly("up:1", "up:1", "up:1");
    assertThat(leases).isEmpty();
  }

  @Test
  void what_is_the_clients_fault_is_asked_once() throws InterruptedException {
    deploy(TestSettings.of(TWO_UPSTREAMS));
    List<String> dialled = dialling(Map.of("up:1", answer(DialResult.RESPONSE, 401)));

    shakeHands();

    assertThat(response.status()).isEqualTo(401);
    assertThat(dialled).containsExactly("up:1");
    assertThat(leases).isEmpty();
  }

  @Test
  void when_no_upstream_has_room_the_client_is_to_come_again() throws InterruptedException {
    host.put("acquireLease", arguments -> false);

    shakeHands();

    assertThat(response.status()).isEqualTo(503);
    assertThat(response.header("Retry-After")).contains("5");
  }

  @Test
  void when_an_upstream_says_until_when_the_client_is_told() throws InterruptedException {
    deploy(
        TestSettings.of(
            "culvert.routes.chat.upgrades", "websocket, raw",
            "culvert.routes.chat.retry.count", "0"));
    dialling(Map.of("up:1", answer(DialResult.RESPONSE, 503, "Retry-After", "77")));
    shakeHands();
    prepareNext();

    shakeHands();

    assertThat(response.status()).isEqualTo(503);
    assertThat(response.header("Retry-After")).contains("77");
    assertThat(gateway.providers().list()).allMatch(view -> view.streams() == 0);
  }

  @Test
  void a_limit_that_may_be_the_callers_own_lets_nobody_else_wait() throws InterruptedException {
    deploy(TestSettings.of(TWO_UPSTREAMS));
    query = Optional.of("key=his");
    List<String> dialled =
        dialling(
            Map.of(
                "up:1", answer(DialResult.RESPONSE, 429, "Retry-After", "77"),
                "other:1", answer(DialResult.RESPONSE, 401)));

    shakeHands();

    assertThat(response.status()).isEqualTo(401);
    assertThat(dialled).containsExactly("up:1", "other:1");
    assertThat(gateway.providers().list()).allMatch(view -> view.resting().isZero());
  }

  /** What is forbidden may be what the client asks for, and that must not take it from all. */
  @ParameterizedTest
  @CsvSource({"401, OPEN", "402, CLOSED", "403, CLOSED"})
  void a_credential_of_ours_that_is_refused_is_followed_by_the_next(int status, CircuitState first)
      throws InterruptedException {
    List<String> keys = new ArrayList<>(List.of(TWO_UPSTREAMS));
    keys.addAll(List.of("culvert.routes.chat.headers.request.set.Authorization", "ours"));
    keys.addAll(List.of("culvert.upstreams.up.breaker.failures", "1"));
    deploy(TestSettings.of(keys.toArray(new String[0])));
    List<String> dialled =
        dialling(
            Map.of(
                "up:1", answer(DialResult.RESPONSE, status),
                "other:1", Fields.to(DialResult.class, switched())));

    shakeHands();

    assertThat(response.status()).isEqualTo(101);
    assertThat(dialled).containsExactly("up:1", "other:1");
    assertCircuitOfFirst(first);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"})
  void an_upstream_that_agrees_to_more_than_was_offered_is_not_to_blame(String field)
      throws InterruptedException {
    deployTwoThatOneFailureOpens();
    headers = WEBSOCKET;
    List<String> dialled = dialling(Map.of("up:1", webSocket(ACCEPT, field, "chat")));

    shakeHands();

    assertThat(response.status()).isEqualTo(502);
    assertThat(dialled).containsExactly("up:1");
    assertThat(abandoned).hasValue(1);
    assertCircuitOfFirst(CircuitState.CLOSED);
  }

  @Test
  void an_upstream_that_does_not_answer_the_key_is() throws InterruptedException {
    deployTwoThatOneFailureOpens();
    headers = WEBSOCKET;
    dialling(
        Map.of(
            "up:1", webSocket("wrong", "Sec-WebSocket-Protocol", "chat"),
            "other:1", webSocket(ACCEPT)));

    shakeHands();

    assertThat(response.status()).isEqualTo(101);
    assertCircuitOfFirst(CircuitState.OPEN);
  }

  @Test
  void a_route_that_is_full_asks_nobody_else() throws InterruptedException {
    deploy(TestSettings.of(TWO_UPSTREAMS));
    List<String> dialled = dialling(Map.of("up:1", answer(DialResult.LIMIT, 0)));

    shakeHands();

    assertThat(response.status()).isEqualTo(503);
    assertThat(dialled).containsExactly("up:1");
    assertThat(leases).isEmpty();
  }
}
