package dev.culvert.host.dial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.DialResult;
import dev.culvert.host.loop.Peer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DialTest extends Dialling {

  @Test
  void writesTheHeadOfItsAddress() throws Exception {
    dial(server.address());

    assertThat(server.accept().receiveHead()).isEqualTo(head(0));
  }

  @Test
  void silenceIsATimeOut() throws Exception {
    handshakeTimeout = 50;
    dial(server.address());

    assertThat(outcome().result())
        .satisfies(
            result -> {
              assertThat(result.outcome()).isEqualTo(DialResult.TIMEOUT);
              assertThat(result.detail()).isEqualTo("no complete response after 50 ms");
            });
    assertThat(hangsUpAfterTheHead()).isTrue();
  }

  @Test
  void halfAResponseIsATimeOut() throws Exception {
    handshakeTimeout = 300;
    dial(server.address());
    Peer upstream = answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");

    assertThat(outcome().result().outcome()).isEqualTo(DialResult.TIMEOUT);
    assertThat(upstream.isHungUp()).isTrue();
  }

  @Test
  void aCancelledDialLetsGoOfItsConnection() throws Exception {
    Dial dial = dial(server.address());
    Peer upstream = server.accept();
    upstream.receiveHead();
    dial.cancel();

    assertThat(outcome().result().detail()).isEqualTo("cancelled");
    assertThat(upstream.isHungUp()).isTrue();
  }

  @Test
  void aDialCancelledBeforeItsStartConnectsToNobody() throws Exception {
    Dial dial = newDial(server.address());
    dial.cancel();
    dial.start();

    assertThat(outcome().result().outcome()).isEqualTo(DialResult.TIMEOUT);
    dial(server.address());
    server.accept();
    assertThat(server.hasCallers()).isFalse();
  }

  @Test
  void theNextAddressIsTriedWhenOneRefuses() throws Exception {
    dial(ScriptedServer.refused(), server.address());
    Peer upstream = server.accept();

    assertThat(upstream.receiveHead()).isEqualTo(head(1));
    upstream.send(SWITCHED);
    DialOutcome outcome = outcome();
    assertThat(outcome.result().address()).isEqualTo(1);
    outcome.connection().orElseThrow().wire().close();
  }

  @Test
  void whenAllAddressesFailEachOneTellsWhy() throws Exception {
    String refused = ScriptedServer.refused();
    dial(refused, "no-such-host.invalid:80", "256.0.0.1:80", "nonsense", "localhost:65536");

    DialResult result = outcome().result();
    assertThat(result.outcome()).isEqualTo(DialResult.CONNECT_FAILED);
    assertThat(result.detail())
        .isEqualTo(
            refused
                + ": Connection refused"
                + "; no-such-host.invalid:80: no-such-host.invalid: unknown host"
                + "; 256.0.0.1:80: 256.0.0.1: unknown host"
                + "; nonsense: address (expected: host:port)"
                + "; localhost:65536: address (expected: host:port)");
  }

  @Test
  void theConnectTimeOutOfOneAddressDoesNotStrikeTheNext() throws Exception {
    connectTimeout = 30;
    handshakeTimeout = 5_000;
    Dial dial = newDial(ScriptedServer.refused(), "localhost:" + port());
    holdUpLookUps(200);
    dial.start();

    assertThat(server.accept().send(SWITCHED).receiveHead()).isEqualTo(head(1));
    DialOutcome outcome = outcome();
    assertThat(outcome.result().status()).isEqualTo(101);
    outcome.connection().orElseThrow().wire().close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1", "[::ffff:127.0.0.1]"})
  void namesAndLiteralsAreUnderstood(String host) throws Exception {
    dial(host + ":" + port());
    answer(SWITCHED);

    DialOutcome outcome = outcome();
    assertThat(outcome.result().status()).isEqualTo(101);
    outcome.connection().orElseThrow().wire().close();
  }

  @Test
  void theOutcomeIsToldOnce() throws Exception {
    Dial dial = dial(server.address());
    answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").close();
    assertThat(outcome().result().status()).isEqualTo(200);

    dial.cancel();
    loop.execute(
        () ->
            outcomes.add(
                DialOutcome.failed("later than anything the dial might have said", 0, "")));

    assertThat(outcome().result().outcome()).startsWith("later");
  }

  @Test
  void aHeadAboveTheLimitOfTheSocketIsWrittenWhole() throws Exception {
    String long_ = "GET / HTTP/1.1\r\nX: " + "x".repeat(6_000_000) + "\r\n\r\n";
    start(List.of(server.address()), List.of(long_.getBytes(StandardCharsets.ISO_8859_1)));
    Peer upstream = server.accept();

    assertThat(upstream.receiveText(long_.length())).isEqualTo(long_);
  }
}
