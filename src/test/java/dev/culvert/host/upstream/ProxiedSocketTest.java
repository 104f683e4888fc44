package dev.culvert.host.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.pool.Dialer;
import dev.culvert.host.pool.Target;
import dev.culvert.host.pool.UpgradeRefusedException;
import dev.culvert.host.pool.UpstreamSocket;
import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.testkit.CertificateAuthority;
import dev.culvert.testkit.ConnectProxy;
import dev.culvert.testkit.Identity;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.TlsTerminator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pooled sockets whose upstream only a forward proxy knows. */
class ProxiedSocketTest {

  private static final CertificateAuthority CA = new CertificateAuthority("Test CA");
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String LOGIN = "Basic dXM6c2VjcmV0";
  private static final String PLAIN = "ws://upstream.test/v1/responses";
  private static final String SECURE = "wss://upstream.test/v1/responses";

  private static TyrusDialer dialer;

  private final RecordedEvents events = new RecordedEvents();
  private final List<AutoCloseable> owned = new ArrayList<>();
  private SimulatedUpstream upstream;
  private ConnectProxy proxy;

  @BeforeAll
  static void startTyrus() {
    dialer = TyrusDialer.create(100_000);
  }

  @AfterAll
  static void stopTyrus() {
    dialer.close();
  }

  @BeforeEach
  void start() throws IOException {
    upstream = own(SimulatedUpstream.start());
    proxy = own(new ConnectProxy()).asksFor(LOGIN).leads("upstream.test:80", upstream.port());
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : owned) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T own(T resource) {
    owned.add(resource);
    return resource;
  }

  private Dialer.Dialing dial(String uri, Optional<Target.Tls> tls, String through, Duration time) {
    Target.Proxy proxied = new Target.Proxy(through, LOGIN);
    Target target = new Target(URI.create(uri), List.of(), tls, Optional.of(proxied));
    return dialer.dial(target, time, events);
  }

  private Dialer.Dialing dial(String through) {
    return dial(PLAIN, Optional.empty(), through, PATIENCE);
  }

  private static Throwable fault(Dialer.Dialing dial) throws Exception {
    try {
      dial.socket().get(10, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      return e.getCause();
    }
    throw new AssertionError("dial: open (expected: a fault)");
  }

  private static Optional<Target.Tls> trusting(String name) {
    SSLContext context = Identity.anonymous(CA.certificate());
    return Optional.of(new Target.Tls(context, name));
  }

  /** Speaks TLS before the upstream, and is known to the proxy as its secure port. */
  private void secure(Identity identity) throws IOException {
    TlsTerminator secured =
        own(new TlsTerminator(identity.context(CA.certificate()), upstream.port()));
    proxy.leads("upstream.test:443", URI.create(secured.url()).getPort());
  }

  private void assertAnswers(UpstreamSocket socket) throws Exception {
    socket.send("{\"prompt_cache_key\":\"k\"}").toCompletableFuture().get(10, TimeUnit.SECONDS);
    assertThat(events.next()).startsWith("text {\"type\":\"response.created\"");
  }

  @Test
  void aSocketOpensThroughATunnel() throws Exception {
    UpstreamSocket socket = dial(proxy.address()).socket().get(10, TimeUnit.SECONDS);

    assertAnswers(socket);
    RequestHead asked = proxy.requests().get(0);
    assertThat(asked.target()).isEqualTo("upstream.test:80");
    assertThat(asked.all("Host")).containsExactly("upstream.test:80");
    assertThat(asked.all("Proxy-Authorization")).containsExactly(LOGIN);
    RequestHead sent = upstream.connections().get(0).head();
    assertThat(sent.target()).isEqualTo("/v1/responses");
    assertThat(sent.all("Proxy-Authorization")).isEmpty();
  }

  @Test
  void soDoesASecureOne() throws Exception {
    secure(CA.issue("upstream.test"));

    UpstreamSocket socket =
        dial(SECURE, trusting("upstream.test"), proxy.address(), PATIENCE)
            .socket()
            .get(10, TimeUnit.SECONDS);

    assertAnswers(socket);
    assertThat(proxy.targets()).containsExactly("upstream.test:443");
  }

  @Test
  void theCertificateMustBeTheUpstreams() throws Exception {
    secure(CA.issue("other.test"));

    Throwable fault = fault(dial(SECURE, trusting("upstream.test"), proxy.address(), PATIENCE));

    assertThat(fault)
        .hasMessageStartingWith("through proxy " + proxy.address() + ": ")
        .hasMessageContaining("No subject alternative DNS name matching upstream.test");
  }

  @Test
  void anAnswerOfTheUpstreamIsNotTheProxys() throws Exception {
    upstream.refuse(407);

    assertThat(fault(dial(proxy.address())))
        .isInstanceOfSatisfying(
            UpgradeRefusedException.class, refused -> assertThat(refused.status()).isEqualTo(407));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 407 Proxy Authentication Required^^ | the proxy answered 407 (expected: 2xx)",
        "HTTP/1.1 503 No^Content-Length: 2^^no | the proxy answered 503 (expected: 2xx)",
        "SSH-2.0-OpenSSH_9.2^^ | status line: SSH-2.0-OpenSSH_9.2 (expected: HTTP/1.1 and a status)",
        "HTTP/1.1 200 O | the proxy closed in the middle of its answer",
        "'' | the proxy closed without an answer",
      })
  void aProxyThatMakesNoTunnelIsNoAnswerOfTheUpstream(String answer, String detail)
      throws Exception {
    ScriptedUpstream scripted = own(ScriptedUpstream.answering(answer.replace("^", "\r\n")));

    Throwable fault = fault(dial(scripted.authority()));

    assertThat(fault)
        .isExactlyInstanceOf(IOException.class)
        .hasMessageStartingWith("through proxy " + scripted.authority() + ": ")
        .hasMessageEndingWith(detail);
    Awaitility.await().until(() -> scripted.live() == 0);
  }

  @Test
  void anAnswerThatDoesNotEndIsTooLong() throws Exception {
    ScriptedUpstream scripted =
        own(
            ScriptedUpstream.onRequest(
                (request, connection) -> {
                  connection.send("HTTP/1.1 200 OK\r\nX: " + "x".repeat(20_000));
                  connection.readToEnd();
                }));

    assertThat(fault(dial(scripted.authority())))
        .hasMessageEndingWith("response head: longer than 16384 bytes");
    Awaitility.await().until(() -> scripted.live() == 0);
  }

  @Test
  void whatComesAfterTheProxysAnswerIsTheUpstreams() throws Exception {
    ScriptedUpstream scripted =
        own(
            ScriptedUpstream.answering(
                "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 503 No\r\nX-Reason: full\r\n\r\n"));

    assertThat(fault(dial(scripted.authority())))
        .isInstanceOfSatisfying(
            UpgradeRefusedException.class,
            refused -> {
              assertThat(refused.status()).isEqualTo(503);
              assertThat(refused.headers()).containsEntry("x-reason", List.of("full"));
            });
  }

  @Test
  void aProxyThatIsNotThereIsNamed() throws Exception {
    String nobody;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = "127.0.0.1:" + server.getLocalPort();
    }

    assertThat(fault(dial(nobody)))
        .hasMessageStartingWith("through proxy " + nobody + ": ")
        .hasMessageContaining("Connection refused");
  }

  @Test
  void aSilentProxyIsGivenUpInTime() throws Exception {
    ScriptedUpstream silent = own(ScriptedUpstream.silent());

    Throwable fault =
        fault(dial(PLAIN, Optional.empty(), silent.authority(), Duration.ofMillis(300)));

    assertThat(fault)
        .hasMessage("through proxy " + silent.authority() + ": open-timeout: PT0.3S passed");
    assertThat(silent.nextRequest().method()).isEqualTo("CONNECT");
    Awaitility.await().until(() -> silent.live() == 0);
  }

  @Test
  void theLoginIsInNoText() {
    Target.Proxy secret = new Target.Proxy("proxy.test:3128", LOGIN);

    assertThat(secret).hasToString("proxy.test:3128");
    assertThat(new Target(URI.create(PLAIN), List.of(), Optional.empty(), Optional.of(secret)))
        .hasToString(PLAIN);
  }
}
