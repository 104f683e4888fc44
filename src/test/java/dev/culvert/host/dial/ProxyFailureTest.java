package dev.culvert.host.dial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.DialResult;
import dev.culvert.boundary.Fields;
import dev.culvert.host.loop.Peer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Forward proxies that make no tunnel, and what ends the wait for one. */
class ProxyFailureTest extends ProxyDialling {

  private void assertNotConnected(String detail) throws InterruptedException {
    DialResult result = outcome().result();
    assertThat(result.outcome()).isEqualTo(DialResult.CONNECT_FAILED);
    assertThat(result.detail()).isEqualTo(detail);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 407 Proxy Authentication Required^^ | the proxy answered 407 (expected: 2xx)",
        "HTTP/1.1 403 Forbidden^Content-Length: 4^^body | the proxy answered 403 (expected: 2xx)",
        "HTTP/1.1 302 Found^Location: http://login^^ | the proxy answered 302 (expected: 2xx)",
        "HTTP/1.0 503 No^^ | the proxy answered 503 (expected: 2xx)",
        "HTTP/1.1 101 Switching Protocols^^ | the proxy answered 101 (expected: 2xx)",
        "SSH-2.0-OpenSSH_9.2^^ | the proxy's answer: status line: SSH-2.0-OpenSSH_9.2 (expected: HTTP/1.1 and a status)",
        "HTTP/1.1 200 OK^Bad Field: x^^ | the proxy's answer: header line: Bad Field: x (expected: name: value)",
        "HTTP/1.1 200 O | the proxy closed in the middle of its answer",
        "'' | the proxy closed without an answer",
      })
  void aProxyThatMakesNoTunnelIsAConnectionThatFailed(String answer, String detail)
      throws Exception {
    dial(UPSTREAM);
    Peer peer = asked().send(answer.replace("^", "\r\n")).endOutput();

    assertNotConnected(UPSTREAM + " through proxy " + proxy.address() + ": " + detail);
    assertThat(peer.isHungUp()).isTrue();
  }

  @Test
  void anAnswerThatDoesNotEndIsTooLong() throws Exception {
    dial(UPSTREAM);
    asked().send("HTTP/1.1 200 OK\r\nX: " + "x".repeat(20_000));

    assertNotConnected(
        UPSTREAM
            + " through proxy "
            + proxy.address()
            + ": the proxy's answer: response head: longer than 16384 bytes");
  }

  @Test
  void interimAnswersWithoutEndAreTooMany() throws Exception {
    dial(UPSTREAM);
    asked().send("HTTP/1.1 100\r\n\r\n".repeat(21));

    assertNotConnected(
        UPSTREAM
            + " through proxy "
            + proxy.address()
            + ": the proxy's answer: interim responses: more than 20");
  }

  @Test
  void aProxyThatIsNotThereIsNamed() throws Exception {
    String nobody = ScriptedServer.refused();
    dial(
        List.of(Fields.of(proxyAt(nobody)), Fields.of(proxyAt("no-such-proxy.invalid:1"))),
        UPSTREAM,
        "other.test:80");

    assertNotConnected(
        UPSTREAM
            + " through proxy "
            + nobody
            + ": Connection refused; other.test:80 through proxy no-such-proxy.invalid:1:"
            + " no-such-proxy.invalid: unknown host");
  }

  @Test
  void anotherAddressOfTheUpstreamIsTriedAfterARefusal() throws Exception {
    dial("one.test:80", "two.test:80");
    asked().send("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    Peer second = proxy.accept();

    assertThat(second.receiveHead()).startsWith("CONNECT two.test:80 HTTP/1.1\r\n");
    second.send(ESTABLISHED);
    assertThat(second.receiveHead()).isEqualTo(HEAD);
    second.send("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
    DialResult result = outcome().result();
    assertThat(result.status()).isEqualTo(404);
    assertThat(result.address()).isEqualTo(1);
  }

  /** What it says holds wherever it listens; that it does not listen says nothing of elsewhere. */
  @Test
  void aProxyThatRefusedIsNotAskedAtItsOtherAddressAndOneThatBrokeOffIs() throws Exception {
    addressesOfTheProxy = 2;
    Map<String, Object> through = Fields.of(proxyAt("proxy.test:" + port(proxy.address())));
    dial(List.of(through), UPSTREAM);
    asked().reset();
    asked().send("HTTP/1.1 403 Forbidden\r\n\r\n");
    assertThat(outcome().result().detail()).contains("Connection reset; ").endsWith("2xx)");

    dial(List.of(through), UPSTREAM);
    asked().send("HTTP/1.1 403 Forbidden\r\n\r\n");
    assertThat(outcome().result().detail()).doesNotContain("; ");
    assertThat(proxy.hasCallers()).isFalse();
  }

  @Test
  void aSilentProxyIsBoundedByTheTimeToConnect() throws Exception {
    connectTimeout = 50;
    dial(UPSTREAM);
    Peer peer = asked();

    assertNotConnected(
        UPSTREAM + " through proxy " + proxy.address() + ": connect timeout after 50 ms");
    assertThat(peer.isHungUp()).isTrue();
  }

  @Test
  void aSilentUpstreamAfterATunnelIsBoundedByTheTimeToConnectAsWell() throws Exception {
    connectTimeout = 300;
    secure("upstream.test");
    dial(UPSTREAM);
    Peer peer = asked().send(ESTABLISHED);

    assertNotConnected(
        UPSTREAM + " through proxy " + proxy.address() + ": connect timeout after 300 ms");
    peer.receiveAll(); // ends
  }

  @Test
  void theTimeOfTheHandshakeBoundsItAll() throws Exception {
    handshakeTimeout = 50;
    dial(UPSTREAM);
    Peer peer = asked();

    DialResult result = outcome().result();
    assertThat(result.outcome()).isEqualTo(DialResult.TIMEOUT);
    assertThat(result.detail())
        .isEqualTo("not connected through proxy " + proxy.address() + " after 50 ms");
    assertThat(peer.isHungUp()).isTrue();
  }

  @Test
  void whoGivesUpLetsGoOfTheProxy() throws Exception {
    Dial dial = dial(UPSTREAM);
    Peer peer = asked();
    dial.cancel();

    assertThat(outcome().result().detail()).isEqualTo("cancelled");
    assertThat(peer.isHungUp()).isTrue();
  }
}
