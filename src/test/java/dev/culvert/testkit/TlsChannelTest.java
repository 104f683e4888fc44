package dev.culvert.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client's part against the server's part, and the latter against the JDK's socket. */
@Timeout(30)
class TlsChannelTest {

  private static final CertificateAuthority AUTHORITY = new CertificateAuthority("tests");
  private static final Identity IDENTITY = AUTHORITY.issue("127.0.0.1");
  private static final SSLContext TRUSTING = Identity.anonymous(AUTHORITY.certificate());

  private final TlsChannel.Scratch scratch = new TlsChannel.Scratch();
  private EchoUpstream upstream;

  @BeforeEach
  void start() throws IOException {
    upstream = EchoUpstream.start(IDENTITY.context(AUTHORITY.certificate()));
  }

  @AfterEach
  void stop() {
    upstream.close();
  }

  private TlsChannel open() throws IOException {
    return UpgradeClient.openSecure(
        TRUSTING::createSSLEngine, scratch, upstream.port(), "/", "raw");
  }

  @Test
  void readersWithLittleRoomGetEverything() throws IOException {
    byte[] message = bytes(40_000);
    try (TlsChannel channel = open()) {
      channel.write(ByteBuffer.wrap(message));

      ByteBuffer echo = ByteBuffer.allocate(message.length);
      while (echo.hasRemaining()) {
        ByteBuffer little = ByteBuffer.allocate(Math.min(7, echo.remaining()));
        assertThat(channel.read(little)).isPositive();
        echo.put(little.flip());
      }
      assertThat(echo.array()).isEqualTo(message);
    }
  }

  @Test
  void whatTheSocketDoesNotTakeIsWrittenLater() throws IOException {
    byte[] message = bytes(32 * 1024 * 1024); // more than all buffers on the way hold
    try (TlsChannel channel = open()) {
      channel.socket().configureBlocking(false);
      ByteBuffer unwritten = ByteBuffer.wrap(message);
      ByteBuffer echo = ByteBuffer.allocate(message.length + TlsChannel.Scratch.ROOM);
      boolean refused = false;
      while (!refused && unwritten.hasRemaining()) {
        refused = channel.write(unwritten) == 0;
      }
      assertThat(refused).as("a write was refused").isTrue();
      while (echo.position() < message.length) {
        channel.write(unwritten);
        channel.read(echo);
      }
      assertThat(echo.flip()).isEqualTo(ByteBuffer.wrap(message));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void keepsAllBytesForAClientThatReadsLate(String protocol) throws Exception {
    byte[] message = bytes(16 * 1024 * 1024);
    try (SSLSocket socket = socket(protocol)) {
      CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(socket, message));
      assertThatThrownBy(() -> writer.get(200, TimeUnit.MILLISECONDS))
          .as("the upstream stops reading")
          .isInstanceOf(TimeoutException.class);

      assertThat(socket.getInputStream().readNBytes(message.length)).isEqualTo(message);
      writer.get(10, TimeUnit.SECONDS);
    }
  }

  private SSLSocket socket(String protocol) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            TRUSTING
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), upstream.port());
    socket.setEnabledProtocols(new String[] {protocol});
    byte[] request =
        Upgrades.request(upstream.port(), "/", "raw").getBytes(StandardCharsets.US_ASCII);
    socket.getOutputStream().write(request);
    String head = "";
    while (!head.endsWith("\r\n\r\n")) {
      head += (char) socket.getInputStream().read();
    }
    assertThat(head).startsWith("HTTP/1.1 101 ");
    return socket;
  }

  private static void write(SSLSocket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void trustsNobodyElse() {
    SSLContext other = Identity.anonymous(new CertificateAuthority("other").certificate());

    assertThatThrownBy(
            () ->
                UpgradeClient.openSecure(
                    other::createSSLEngine, scratch, upstream.port(), "/", "raw"))
        .isInstanceOf(SSLException.class);
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }
}
