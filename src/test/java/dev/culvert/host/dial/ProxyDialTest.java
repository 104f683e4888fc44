package dev.culvert.host.dial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.DialResult;
import dev.culvert.boundary.DialSpec;
import dev.culvert.boundary.Fields;
import dev.culvert.boundary.ProxySpec;
import dev.culvert.boundary.TlsSpec;
import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.loop.Peer;
import dev.culvert.host.tls.TlsTasks;
import dev.culvert.testkit.CertificateAuthority;
import dev.culvert.testkit.ConnectProxy;
import dev.culvert.testkit.Identity;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.TlsUpstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes with upstreams that are reached through a forward proxy. */
class ProxyDialTest {

  private static final CertificateAuthority AUTHORITY = new CertificateAuthority("trusted");
  private static final String LOGIN = "Basic dXM6c2VjcmV0";
  private static final String UPSTREAM = "upstream.test:80";
  private static final String ESTABLISHED = "HTTP/1.1 200 Connection established\r\n\r\n";
  private static final String SWITCHED = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n";
  private static final String HEAD =
      "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";

  private final EventLoop loop = new EventLoop("dial");
  private final List<String> lookedUp = new CopyOnWriteArrayList<>();
  private final Resolver resolver = new Resolver(this::addresses);
  private final TlsTasks tasks = new TlsTasks();
  private final BlockingQueue<DialOutcome> outcomes = new LinkedBlockingQueue<>();

  /** A proxy of which the test plays the part. */
  private final ScriptedServer proxy = new ScriptedServer();

  private long connectTimeout = 5_000;
  private long handshakeTimeout = 10_000;
  private List<Map<String, Object>> tls = List.of();

  /** Of {@code proxy.test}. */
  private int addressesOfTheProxy = 1;

  @AfterEach
  void close() throws IOException {
    proxy.close();
    resolver.close();
    tasks.close();
    loop.close();
  }

  private InetAddress[] addresses(String host) throws UnknownHostException {
    lookedUp.add(host);
    if (host.equals("proxy.test")) {
      return Collections.nCopies(addressesOfTheProxy, InetAddress.getLoopbackAddress())
          .toArray(InetAddress[]::new);
    }
    return InetAddress.getAllByName(host);
  }

  private static ProxySpec proxyAt(String address) {
    return new ProxySpec(address, LOGIN);
  }

  /** Dials through the scripted proxy. */
  private Dial dial(String... upstreams) {
    Map<String, Object> through = Fields.of(proxyAt(proxy.address()));
    return dial(Collections.nCopies(upstreams.length, through), upstreams);
  }

  private Dial dial(List<Map<String, Object>> proxies, String... upstreams) {
    DialSpec spec =
        new DialSpec(
            "app",
            "route",
            0,
            List.of(upstreams),
            Collections.nCopies(upstreams.length, HEAD.getBytes(StandardCharsets.ISO_8859_1)),
            tls.isEmpty() ? null : tls,
            proxies,
            connectTimeout,
            handshakeTimeout,
            4096,
            100);
    Dial dial = new Dial(loop, resolver, tasks, spec, outcomes::add);
    dial.start();
    return dial;
  }

  private DialOutcome outcome() throws InterruptedException {
    DialOutcome outcome = outcomes.poll(15, TimeUnit.SECONDS);
    assertThat(outcome).as("outcome of the dial").isNotNull();
    return outcome;
  }

  /** The proxy's side of a connection, the request read. */
  private Peer asked() throws Exception {
    Peer peer = proxy.accept();
    assertThat(peer.receiveHead()).startsWith("CONNECT ");
    return peer;
  }

  private void assertSwitched(String early) throws Exception {
    DialOutcome outcome = outcome();
    assertThat(outcome.result().detail()).isEmpty();
    assertThat(outcome.result().status()).isEqualTo(101);
    UpstreamConnection connection = outcome.connection().orElseThrow();
    assertThat(StandardCharsets.ISO_8859_1.decode(connection.early()).toString()).isEqualTo(early);
    loop.execute(connection.wire()::close);
  }

  private DialResult assertNotConnected(String detail) throws InterruptedException {
    DialResult result = outcome().result();
    assertThat(result.outcome()).isEqualTo(DialResult.CONNECT_FAILED);
    assertThat(result.detail()).isEqualTo(detail);
    return result;
  }

  private void secure(String serverName) {
    TlsSpec spec = new TlsSpec(Identity.anonymous(AUTHORITY.certificate()), serverName);
    tls = List.of(Fields.of(spec));
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
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
  void whatComesBehindTheProxysAnswerIsTheUpstreams() throws Exception {
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
  void theAnswerMayComeByteByByteBehindInterimOnes() throws Exception {
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 407 Proxy Authentication Required^^ | the proxy answered 407 (expected: 2xx)",
        "HTTP/1.1 403 Forbidden^Content-Length: 4^^body | the proxy answered 403 (expected: 2xx)",
        "HTTP/1.1 302 Found^Location: http://login^^ | the proxy answered 302 (expected: 2xx)",
        "HTTP/1.0 503 No^^ | the proxy answered 503 (expected: 2xx)",
        "HTTP/1.1 101 Switching Protocols^^ | the proxy answered 101 (expected: 2xx)",
        "SSH-2.0-OpenSSH_9.2^^ | the proxy's answer: status line: SSH-2.0-OpenSSH_9.2 (expected:"
            + " HTTP/1.1 and a status)",
        "HTTP/1.1 200 OK^Bad Field: x^^ | the proxy's answer: header line: Bad Field: x (expected:"
            + " name: value)",
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
  void anotherAddressOfTheUpstreamIsTriedBehindARefusal() throws Exception {
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
  void aSilentUpstreamBehindATunnelIsBoundedByTheTimeToConnectAsWell() throws Exception {
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

  @Test
  void theLoginIsInNoText() {
    ProxySpec spec = proxyAt("proxy.test:3128");

    assertThat(spec.toString()).isEqualTo("proxy.test:3128");
    assertThat(new Hop(UPSTREAM, Optional.of(spec)))
        .hasToString("upstream.test:80 through proxy proxy.test:3128");
  }
}
