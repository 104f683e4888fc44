package dev.culvert.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.config.Upstream;
import dev.culvert.config.UpstreamTls;
import dev.culvert.handshake.Headers;
import dev.culvert.host.loop.HostThreads;
import dev.culvert.testkit.CertificateAuthority;
import dev.culvert.testkit.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.Test;

/** Answers within TLS that end with their connection. */
class SecureEndTest {

  /** One byte more than the library takes before anything of it has been taken. */
  private static final int BODY = 64 * 1024;

  private static final int SECONDS = 10;

  private final CertificateAuthority authority = new CertificateAuthority("tests");

  /** Opened when the upstream has closed its connection. */
  private final CountDownLatch closed = new CountDownLatch(1);

  private final AtomicInteger received = new AtomicInteger();
  private final CompletableFuture<Headers> end = new CompletableFuture<>();

  private void serve(SSLServerSocket server) {
    try (Socket connection = server.accept()) {
      readHead(connection.getInputStream());
      String answer = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + "x".repeat(BODY);
      connection.getOutputStream().write(answer.getBytes(US_ASCII));
    } catch (IOException e) {
      end.completeExceptionally(e);
    } finally {
      closed.countDown();
    }
  }

  private static void readHead(InputStream in) throws IOException {
    int matched = 0;
    while (matched < 4) {
      int next = in.read();
      assertThat(next).isNotNegative();
      matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : 0;
    }
  }

  /** Has all of the answer wait in the socket, and takes nothing of it. */
  private final class Slow implements Answer {
    @Override
    public void head(Head head) {}

    @Override
    public void data(ByteBuffer bytes) {
      try {
        assertThat(closed.await(SECONDS, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      received.addAndGet(bytes.remaining());
      bytes.position(bytes.limit());
    }

    @Override
    public void end(Headers trailers) {
      end.complete(trailers);
    }

    @Override
    public void failed(Fault fault) {
      end.completeExceptionally(new AssertionError(fault));
    }
  }

  @Test
  void the_end_that_came_with_the_last_piece_is_told_when_that_has_been_taken() throws Exception {
    try (SSLServerSocket server =
            (SSLServerSocket)
                authority
                    .issue("127.0.0.1")
                    .context(authority.certificate())
                    .getServerSocketFactory()
                    .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Transport transport = TransportRig.transport()) {
      HostThreads.start("secure-upstream", () -> serve(server));
      UpstreamCall call =
          new UpstreamCall(
              transport,
              destination(server.getLocalPort()),
              TransportRig.get("/"),
              Optional.empty(),
              TransportRig.LIMITS,
              new Slow());

      call.start();
      await().until(() -> received.get() == BODY);
      call.taken(BODY);

      assertThat(end.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(Headers.NONE);
    }
  }

  private Destination destination(int port) {
    return new Destination(
        new Upstream.Address("https", "127.0.0.1", port, ""),
        Optional.of(
            new UpstreamTls(
                Identity.anonymous(authority.certificate()), Optional.empty(), "print")),
        "");
  }
}
