package dev.culvert.host.dial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.DialResult;
import dev.culvert.boundary.DialSpec;
import dev.culvert.boundary.Fields;
import dev.culvert.boundary.TlsSpec;
import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.tls.TlsTasks;
import dev.culvert.testkit.CertificateAuthority;
import dev.culvert.testkit.Identity;
import dev.culvert.testkit.TlsUpstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes with upstreams that speak TLS. */
class TlsDialTest {

  private static final CertificateAuthority AUTHORITY = new CertificateAuthority("trusted");
  private static final CertificateAuthority STRANGER = new CertificateAuthority("stranger");
  private static final Identity GOOD = AUTHORITY.issue("localhost", "127.0.0.1");
  private static final String SWITCHED =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";

  private final EventLoop loop = new EventLoop("dial");
  private final Resolver resolver = new Resolver();
  private final TlsTasks tasks = new TlsTasks();
  private final BlockingQueue<DialOutcome> outcomes = new LinkedBlockingQueue<>();
  private final List<TlsUpstream> servers = new ArrayList<>();
  private long connectTimeout = 5_000;
  private SSLContext context = Identity.anonymous(AUTHORITY.certificate());

  @AfterEach
  void close() throws IOException {
    for (TlsUpstream server : servers) {
      server.close();
    }
    resolver.close();
    tasks.close();
    loop.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void speaksTlsAndKeepsWhatFollowsTheResponse(String protocol) throws Exception {
    TlsUpstream server = server(GOOD.context(AUTHORITY.certificate()), protocol);

    DialOutcome outcome = dial(server.address());

    assertThat(outcome.result().detail()).isEmpty();
    assertThat(outcome.result().status()).isEqualTo(101);
    assertThat(text(outcome)).isEqualTo("early");
    assertThat(server.sessions().get(0).getProtocol()).isEqualTo(protocol);
    assertThat(server.applicationProtocols()).containsExactly("http/1.1");
    loop.execute(outcome.connection().orElseThrow().wire()::close);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1"})
  void namesTheServerUnlessItIsAnAddress(String name) throws Exception {
    TlsUpstream server = server(GOOD.context(AUTHORITY.certificate()), "TLSv1.3");

    DialOutcome outcome = dial(spec(List.of(server.address()), name));

    assertThat(outcome.result().status()).isEqualTo(101);
    assertThat(server.requestedNames())
        .isEqualTo(name.equals("localhost") ? List.of("localhost") : List.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void resumesSessions(String protocol) throws Exception {
    TlsUpstream server = server(GOOD.context(AUTHORITY.certificate()), protocol);

    for (int i = 0; i < 3; i++) {
      assertThat(dial(server.address()).result().status()).isEqualTo(101);
    }

    assertThat(server.fullHandshakes()).isEqualTo(1);
  }

  @Test
  void anExpiredCertificateIsRefused() throws Exception {
    Identity expired = AUTHORITY.issueExpired("localhost");
    TlsUpstream server = server(expired.context(AUTHORITY.certificate()), "TLSv1.3");

    assertRefused(dial(server.address()), server, "TLS: the certificate has expired (NotAfter: ");
  }

  @Test
  void aCertificateOfAnotherHostIsRefused() throws Exception {
    Identity other = AUTHORITY.issue("other.test");
    TlsUpstream server = server(other.context(AUTHORITY.certificate()), "TLSv1.3");

    assertRefused(
        dial(server.address()),
        server,
        "TLS: the certificate does not fit (No subject alternative DNS name matching localhost");
  }

  @Test
  void theNameToBeCheckedCanBeSet() throws Exception {
    Identity other = AUTHORITY.issue("other.test");
    TlsUpstream server = server(other.context(AUTHORITY.certificate()), "TLSv1.3");

    DialOutcome outcome = dial(spec(List.of(server.address()), "other.test"));

    assertThat(outcome.result().status()).isEqualTo(101);
    assertThat(server.requestedNames()).containsExactly("other.test");
  }

  @Test
  void anUnknownIssuerIsRefused() throws Exception {
    Identity strange = STRANGER.issue("localhost");
    TlsUpstream server = server(strange.context(AUTHORITY.certificate()), "TLSv1.3");

    assertRefused(dial(server.address()), server, "TLS: the certificate is not trusted (");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aMissingClientCertificateIsTold(String protocol) throws Exception {
    TlsUpstream server =
        add(new TlsUpstream(GOOD.context(AUTHORITY.certificate()), protocol, SWITCHED, true));

    DialOutcome outcome = dial(server.address());

    assertThat(outcome.connection()).isEmpty();
    assertThat(outcome.result().outcome()).isNotEqualTo(DialResult.RESPONSE);
    assertThat(outcome.result().detail())
        .startsWith(server.address() + ": TLS: Received fatal alert: ")
        .containsPattern("bad_certificate|certificate_required");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aClientCertificateIsShown(String protocol) throws Exception {
    TlsUpstream server =
        add(new TlsUpstream(GOOD.context(AUTHORITY.certificate()), protocol, SWITCHED, true));
    context = AUTHORITY.issue("gateway").context(AUTHORITY.certificate());

    assertThat(dial(server.address()).result().status()).isEqualTo(101);
    assertThat(server.sessions().get(0).getPeerPrincipal().getName()).isEqualTo("CN=gateway");
  }

  @Test
  void aServerWithoutTlsIsRefused() throws Exception {
    try (ScriptedServer plain = new ScriptedServer()) {
      start(spec(List.of(plain.address()), "localhost"));
      plain.accept().send("HTTP/1.1 400 Bad Request\r\n\r\n");

      DialResult result = outcome().result();
      assertThat(result.outcome()).isEqualTo(DialResult.CONNECT_FAILED);
      assertThat(result.detail()).startsWith(plain.address() + ": TLS: ");
    }
  }

  @Test
  void theNextAddressIsTriedWhenTlsFailsOrStalls() throws Exception {
    connectTimeout = 300;
    Identity expired = AUTHORITY.issueExpired("localhost");
    TlsUpstream bad = server(expired.context(AUTHORITY.certificate()), "TLSv1.3");
    TlsUpstream good = server(GOOD.context(AUTHORITY.certificate()), "TLSv1.3");
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      List<String> addresses =
          List.of(bad.address(), "127.0.0.1:" + silent.getLocalPort(), good.address());

      DialResult result = dial(spec(addresses, "localhost")).result();

      assertThat(result.status()).isEqualTo(101);
      assertThat(result.address()).isEqualTo(2);
    }
  }

  @Test
  void aSilentServerIsNamedWithTheTime() throws Exception {
    connectTimeout = 200;
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + silent.getLocalPort();

      DialResult result = dial(address).result();

      assertThat(result.outcome()).isEqualTo(DialResult.CONNECT_FAILED);
      assertThat(result.detail()).isEqualTo(address + ": connect timeout after 200 ms");
    }
  }

  @Test
  void manyHandshakesAtOnceAllSucceed() throws Exception {
    TlsUpstream server = server(GOOD.context(AUTHORITY.certificate()), "TLSv1.3");
    int count = 50;
    for (int i = 0; i < count; i++) {
      start(spec(List.of(server.address()), "localhost"));
    }
    for (int i = 0; i < count; i++) {
      assertThat(outcome().result().status()).isEqualTo(101);
    }
  }

  private static void assertRefused(DialOutcome outcome, TlsUpstream server, String reason) {
    assertThat(outcome.connection()).isEmpty();
    assertThat(outcome.result().outcome()).isEqualTo(DialResult.CONNECT_FAILED);
    assertThat(outcome.result().detail()).startsWith(server.address() + ": " + reason);
  }

  private TlsUpstream server(SSLContext own, String protocol) throws IOException {
    return add(new TlsUpstream(own, protocol, SWITCHED + "early"));
  }

  private TlsUpstream add(TlsUpstream server) {
    servers.add(server);
    return server;
  }

  private DialOutcome dial(String address) throws InterruptedException {
    return dial(spec(List.of(address), "localhost"));
  }

  private DialOutcome dial(DialSpec spec) throws InterruptedException {
    start(spec);
    return outcome();
  }

  private void start(DialSpec spec) {
    new Dial(loop, resolver, tasks, spec, outcomes::add).start();
  }

  private DialSpec spec(List<String> addresses, String serverName) {
    byte[] head =
        "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"
            .getBytes(StandardCharsets.ISO_8859_1);
    Map<String, Object> tls = Fields.of(new TlsSpec(context, serverName));
    return new DialSpec(
        "app",
        "route",
        0,
        addresses,
        Collections.nCopies(addresses.size(), head),
        Collections.nCopies(addresses.size(), tls),
        null,
        connectTimeout,
        10_000,
        4096,
        100);
  }

  private DialOutcome outcome() throws InterruptedException {
    DialOutcome outcome = outcomes.poll(15, TimeUnit.SECONDS);
    assertThat(outcome).as("outcome of the dial").isNotNull();
    return outcome;
  }

  private static String text(DialOutcome outcome) {
    return StandardCharsets.ISO_8859_1
        .decode(outcome.connection().orElseThrow().early().duplicate())
        .toString();
  }
}
