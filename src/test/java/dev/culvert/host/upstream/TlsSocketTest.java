package dev.culvert.host.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.host.pool.Target;
import dev.culvert.host.pool.UpstreamSocket;
import dev.culvert.testkit.CertificateAuthority;
import dev.culvert.testkit.Identity;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Secure sockets, with the settings of their upstream and not of the JVM. */
class TlsSocketTest {

  private static final CertificateAuthority CA = new CertificateAuthority("Test CA");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final int TLS_HEAD = 5;

  /** What the JDK takes at most, head included. */
  private static final int LARGEST_RECORD = 33_093;

  private static TyrusDialer dialer;

  private final RecordedEvents events = new RecordedEvents();
  private ServerSocket server;

  @BeforeAll
  static void startTyrus() {
    dialer = TyrusDialer.create(100_000);
  }

  @AfterAll
  static void stopTyrus() {
    dialer.close();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void anUpstreamIsTrustedByItsOwnSettingsAndNamedByThem() throws Exception {
    CompletableFuture<String> asked = echo(CA.issue("api.example.org"));

    UpstreamSocket socket = dial(trusting(CA), "api.example.org").get(10, TimeUnit.SECONDS);
    socket.send("x".repeat(50_000)).toCompletableFuture().get(10, TimeUnit.SECONDS);

    assertThat(events.next()).hasSize("text ".length() + 50_000);
    socket.close(1000, "");
    assertThat(events.next()).startsWith("closed");
    assertThat(asked.get(10, TimeUnit.SECONDS)).isEqualTo("api.example.org");
  }

  @Test
  void anUnknownAuthorityIsNotTrusted() throws Exception {
    CompletableFuture<String> unused = echo(CA.issue("api.example.org"));

    assertThatThrownBy(
            () ->
                dial(trusting(new CertificateAuthority("Other CA")), "api.example.org")
                    .get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void aCertificateForAnotherNameIsNotTrusted() throws Exception {
    CompletableFuture<String> unused = echo(CA.issue("other.example.org"));

    assertThatThrownBy(() -> dial(trusting(CA), "api.example.org").get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void aHandshakeThatStallsIsGivenUpAndItsConnectionClosed() throws Exception {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    CompletableFuture<UpstreamSocket> dial =
        dial(trusting(CA), "api.example.org", Duration.ofMillis(300));
    try (Socket accepted = server.accept()) {
      accepted.setSoTimeout(10_000);

      assertThatThrownBy(() -> dial.get(10, TimeUnit.SECONDS))
          .hasMessageContaining("open-timeout: PT0.3S passed");
      accepted.getInputStream().readAllBytes();
    }
  }

  /** Else it would be read again and again, without a byte, by a thread that does nothing else. */
  @Test
  void theLargestRecordThatIsTakenIsReadToItsEnd() throws Exception {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    CompletableFuture<UpstreamSocket> dial =
        dial(trusting(CA), "api.example.org", Duration.ofSeconds(5));
    try (Socket accepted = server.accept()) {
      accepted.getOutputStream().write(handshakeRecord(LARGEST_RECORD));

      assertThatThrownBy(() -> dial.get(10, TimeUnit.SECONDS))
          .hasCauseInstanceOf(IOException.class)
          .hasMessageNotContaining("open-timeout");
    }
  }

  @Test
  void aLargerOneIsRefusedByItsHead() throws Exception {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    CompletableFuture<UpstreamSocket> dial =
        dial(trusting(CA), "api.example.org", Duration.ofSeconds(5));
    try (Socket accepted = server.accept()) {
      accepted.getOutputStream().write(handshakeRecord(LARGEST_RECORD + 1), 0, TLS_HEAD);

      assertThatThrownBy(() -> dial.get(10, TimeUnit.SECONDS))
          .hasMessageContaining("SSL")
          .hasMessageNotContaining("open-timeout");
    }
  }

  private static byte[] handshakeRecord(int size) {
    return ByteBuffer.allocate(size)
        .put((byte) 0x16)
        .putShort((short) 0x0303)
        .putShort((short) (size - TLS_HEAD))
        .array();
  }

  private static SSLContext trusting(CertificateAuthority authority) {
    return Identity.anonymous(authority.certificate());
  }

  private CompletableFuture<UpstreamSocket> dial(SSLContext context, String name) {
    return dial(context, name, PATIENCE);
  }

  private CompletableFuture<UpstreamSocket> dial(
      SSLContext context, String name, Duration timeout) {
    URI uri = URI.create("wss://127.0.0.1:" + server.getLocalPort() + "/");
    Target target =
        new Target(uri, List.of(), Optional.of(new Target.Tls(context, name)), Optional.empty());
    return dialer.dial(target, timeout, events).socket();
  }

  /** Serves one connection that echoes a message; gives the name that the client asked for. */
  private CompletableFuture<String> echo(Identity identity) throws IOException {
    server =
        identity
            .context(CA.certificate())
            .getServerSocketFactory()
            .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
    return CompletableFuture.supplyAsync(this::serve);
  }

  private String serve() {
    try (SSLSocket socket = (SSLSocket) server.accept()) {
      socket.startHandshake();
      Wire wire = Wire.patient(socket);
      wire.send(Upgrades.switching(wire.readRequest()));
      byte[] payload = WebSocketFrame.read(wire).payload();
      wire.send(WebSocketFrame.ofServer(true, WebSocketFrame.TEXT, payload).bytes());
      WebSocketFrame close = WebSocketFrame.read(wire);
      wire.send(close.closeAnswer().bytes());
      ExtendedSSLSession session = (ExtendedSSLSession) socket.getSession();
      return ((SNIHostName) session.getRequestedServerNames().get(0)).getAsciiName();
    } catch (IOException e) {
      return e.getMessage();
    }
  }
}
