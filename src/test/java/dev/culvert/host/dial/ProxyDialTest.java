package dev.culvert.host.dial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.DialResult;
import dev.culvert.boundary.Fields;
import dev.culvert.boundary.ProxySpec;
import dev.culvert.host.loop.Peer;
import dev.culvert.testkit.ConnectProxy;
import dev.culvert.testkit.Identity;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.TlsUpstream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes with upstreams to which a forward proxy makes a tunnel. */
class ProxyDialTest extends ProxyDialling {

  private static final String SWITCHED = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n";

  private void assertSwitched(String early) throws Exception {
    DialOutcome outcome = outcome();
    assertThat(outcome.result().detail()).isEmpty();
    assertThat(outcome.result().status()).isEqualTo(101);
    UpstreamConnection connection = outcome.connection().orElseThrow();
    assertThat(StandardCharsets.ISO_8859_1.decode(connection.early()).toString()).isEqualTo(early);
    loop.execute(connection.wire()::close);
  }

  @Test
  void aTunnelIsAskedForByNameAndTheLoginIsShown() throws Exception {
    dial(UPSTREAM);
    Peer peer = proxy.accept();

    assertThat(peer.receiveHead())
        .isEqualTo(
            "CONNECT upstream.test:80 HTTP/1.1\r\nHost: upstream.test:80\r\n"
                + "Proxy-Authorization: "
                + LOGIN
                + "\r\n\r\n");
    peer.send(ESTABLISHED);
    assertThat(peer.receiveHead()).isEqualTo(HEAD);
    peer.send(SWITCHED + "early");
    assertSwitched("early");
  }

  @Test
  void withoutALoginNoneIsShown() throws Exception {
    dial(List.of(Fields.of(new ProxySpec(proxy.address(), ""))), "[2001:db8::1]:443");

    assertThat(proxy.accept().receiveHead())
        .isEqualTo("CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n\r\n");
  }

  @Test
  void theNameOfTheProxyIsLookedUpAndNoOther() throws Exception {
    dial(
        List.of(Fields.of(proxyAt("proxy.test:" + port(proxy.address())))),
        "known-to-the-proxy.test:80");
    asked().send(ESTABLISHED).send(SWITCHED);

    assertSwitched("");
    assertThat(lookedUp).containsExactly("proxy.test");
  }

  @Test
  void anAddressWithoutAProxyIsReachedDirectly() throws Exception {
    try (ScriptedServer direct = new ScriptedServer()) {
      Map<String, Object> through = Fields.of(proxyAt(ScriptedServer.refused()));
      dial(List.of(through, Map.of()), UPSTREAM, direct.address());
      Peer upstream = direct.accept();

      assertThat(upstream.receiveHead()).isEqualTo(HEAD);
      upstream.send(SWITCHED);
      assertSwitched("");
    }
  }

  @Test
  void whatComesAfterTheProxysAnswerIsTheUpstreams() throws Exception {
    dial(UPSTREAM);
    asked().send(ESTABLISHED + SWITCHED + "early");

    assertSwitched("early");
  }

  @Test
  void soItIsWithinTls() throws Exception {
    secure("localhost");
    dial(UPSTREAM);
    byte[] fatalHandshakeFailure = {0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28};
    byte[] established = ESTABLISHED.getBytes(StandardCharsets.ISO_8859_1);
    byte[] both = Arrays.copyOf(established, established.length + fatalHandshakeFailure.length);
    System.arraycopy(
        fatalHandshakeFailure, 0, both, established.length, fatalHandshakeFailure.length);
    asked().send(both);

    assertThat(outcome().result().detail())
        .startsWith(UPSTREAM + " through proxy " + proxy.address() + ": TLS: ")
        .contains("handshake_failure");
  }

  @Test
  void theAnswerMayComeByteByByteAfterInterimOnes() throws Exception {
    dial(UPSTREAM);
    Peer peer = asked();
    for (byte b :
        ("HTTP/1.1 100 Continue\r\n\r\n" + ESTABLISHED).getBytes(StandardCharsets.ISO_8859_1)) {
      peer.send(new byte[] {b});
    }

    assertThat(peer.receiveHead()).isEqualTo(HEAD);
    peer.send(SWITCHED);
    assertSwitched("");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void tlsIsSpokenWithTheUpstreamThroughTheTunnel(String protocol) throws Exception {
    Identity identity = AUTHORITY.issue("localhost");
    secure("localhost");
    try (TlsUpstream upstream =
            new TlsUpstream(
                identity.context(AUTHORITY.certificate()), protocol, SWITCHED + "early");
        ConnectProxy tunnels =
            new ConnectProxy()
                .asksFor(LOGIN)
                .leads("upstream.test:443", port(upstream.address()))) {
      dial(List.of(Fields.of(proxyAt(tunnels.address()))), "upstream.test:443");

      assertSwitched("early");
      assertThat(upstream.requestedNames()).containsExactly("localhost");
      assertThat(tunnels.targets()).containsExactly("upstream.test:443");
      RequestHead request = tunnels.requests().get(0);
      assertThat(request.all("Proxy-Authorization")).containsExactly(LOGIN);
    }
  }

  @Test
  void theCertificateMustBeTheUpstreams() throws Exception {
    Identity other = AUTHORITY.issue("other.test");
    secure("upstream.test");
    try (TlsUpstream upstream =
            new TlsUpstream(other.context(AUTHORITY.certificate()), "TLSv1.3", SWITCHED);
        ConnectProxy tunnels =
            new ConnectProxy()
                .asksFor(LOGIN)
                .leads("upstream.test:443", port(upstream.address()))) {
      addressesOfTheProxy = 2;
      String name = "proxy.test:" + port(tunnels.address());
      dial(List.of(Fields.of(proxyAt(name))), "upstream.test:443");

      DialResult result = outcome().result();
      assertThat(result.outcome()).isEqualTo(DialResult.CONNECT_FAILED);
      assertThat(result.detail())
          .startsWith("upstream.test:443 through proxy " + name + ": TLS: the certificate does not")
          .doesNotContain("; ");
      assertThat(tunnels.targets()).hasSize(1);
    }
  }

  @Test
  void theLoginIsInNoText() {
    ProxySpec spec = proxyAt("proxy.test:3128");

    assertThat(spec.toString()).isEqualTo("proxy.test:3128");
    assertThat(new Hop(UPSTREAM, Optional.of(spec)))
        .hasToString("upstream.test:80 through proxy proxy.test:3128");
  }
}
