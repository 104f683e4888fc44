package dev.culvert.host.dial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.DialSpec;
import dev.culvert.boundary.Fields;
import dev.culvert.boundary.ProxySpec;
import dev.culvert.boundary.TlsSpec;
import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.loop.Peer;
import dev.culvert.host.tls.TlsTasks;
import dev.culvert.testkit.CertificateAuthority;
import dev.culvert.testkit.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** Dials upstreams through a forward proxy and waits for the outcome. */
abstract class ProxyDialling {

  static final CertificateAuthority AUTHORITY = new CertificateAuthority("trusted");
  static final String LOGIN = "Basic dXM6c2VjcmV0";
  static final String UPSTREAM = "upstream.test:80";
  static final String ESTABLISHED = "HTTP/1.1 200 Connection established\r\n\r\n";
  static final String HEAD =
      "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";

  final EventLoop loop = new EventLoop("dial");
  final List<String> lookedUp = new CopyOnWriteArrayList<>();
  private final Resolver resolver = new Resolver(this::addresses, System::nanoTime);
  private final TlsTasks tasks = new TlsTasks();
  private final BlockingQueue<DialOutcome> outcomes = new LinkedBlockingQueue<>();

  /** A proxy of which the test plays the part. */
  final ScriptedServer proxy = new ScriptedServer();

  long connectTimeout = 5_000;
  long handshakeTimeout = 10_000;
  private List<Map<String, Object>> tls = List.of();

  /** Of {@code proxy.test}. */
  int addressesOfTheProxy = 1;

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

  static ProxySpec proxyAt(String address) {
    return new ProxySpec(address, LOGIN);
  }

  /** Dials through the scripted proxy. */
  Dial dial(String... upstreams) {
    Map<String, Object> through = Fields.of(proxyAt(proxy.address()));
    return dial(Collections.nCopies(upstreams.length, through), upstreams);
  }

  Dial dial(List<Map<String, Object>> proxies, String... upstreams) {
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

  DialOutcome outcome() throws InterruptedException {
    DialOutcome outcome = outcomes.poll(15, TimeUnit.SECONDS);
    assertThat(outcome).as("outcome of the dial").isNotNull();
    return outcome;
  }

  /** The proxy's side of a connection, the request read. */
  Peer asked() throws Exception {
    Peer peer = proxy.accept();
    assertThat(peer.receiveHead()).startsWith("CONNECT ");
    return peer;
  }

  /** Dials speak TLS from now on, with an upstream of this name. */
  void secure(String serverName) {
    TlsSpec spec = new TlsSpec(Identity.anonymous(AUTHORITY.certificate()), serverName);
    tls = List.of(Fields.of(spec));
  }

  static int port(String address) {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }
}
