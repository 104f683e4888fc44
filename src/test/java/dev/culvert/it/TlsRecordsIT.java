package dev.culvert.it;

import static dev.culvert.it.Config.RAW;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.loop.Peer;
import dev.culvert.host.tls.TlsPeer;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.SecureServer;
import dev.culvert.testkit.ServerExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS of clients, record by record, over the take-over from the server's connector. */
@ExtendWith(ServerExtension.class)
class TlsRecordsIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static SecureServer secure;
  private static EchoUpstream echo;
  private static Application application;

  @BeforeAll
  static void deploy(SecureServer shared) throws IOException {
    secure = shared;
    secure.server().setLogLevel("dev.culvert.stream", "FINE");
    echo = EchoUpstream.start();
    application = secure.server().application("records");
    application.deploy(Config.empty().routeTo("echo", echo.url()).packed());
  }

  @AfterAll
  static void stop() {
    application.close();
    echo.close();
  }

  private static TlsPeer connect(String protocol) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), secure.tlsPort());
    SSLEngine engine = secure.clientContext().createSSLEngine("127.0.0.1", secure.tlsPort());
    engine.setUseClientMode(true);
    engine.setEnabledProtocols(new String[] {protocol});
    return new TlsPeer(new Peer(socket), engine).handshake();
  }

  private static byte[] request() {
    return Client.secure(application, secure, "TLSv1.3")
        .request("/echo/", RAW)
        .getBytes(ISO_8859_1);
  }

  private static String readHead(TlsPeer peer) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append(new String(peer.receive(1), ISO_8859_1));
    }
    return head.toString();
  }

  /** The server has read the beginning of a record after the request and cannot decrypt it. */
  @ParameterizedTest
  @CsvSource({
    "TLSv1.2, 1",
    "TLSv1.2, 4",
    "TLSv1.2, 1000",
    "TLSv1.3, 1",
    "TLSv1.3, 5",
    "TLSv1.3, 1000"
  })
  void a_record_split_after_the_request_is_not_lost(String protocol, int cut) throws Exception {
    byte[] data = new byte[3000];
    new Random(7).nextBytes(data);
    try (TlsPeer peer = connect(protocol)) {
      byte[] head = peer.encrypt(request());
      byte[] first = peer.encrypt(Arrays.copyOf(data, 500));
      byte[] second = peer.encrypt(Arrays.copyOfRange(data, 500, data.length));
      peer.sendRecords(joined(head, first, Arrays.copyOf(second, cut)));

      assertThat(readHead(peer)).startsWith("HTTP/1.1 101 ");
      peer.sendRecords(Arrays.copyOfRange(second, cut, second.length));
      assertThat(peer.receive(data.length)).isEqualTo(data);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "TLSv1.2, 1", "TLSv1.2, 65536", "TLSv1.2, 1048576",
    "TLSv1.3, 1", "TLSv1.3, 65536", "TLSv1.3, 1048576"
  })
  void bytes_right_after_the_request_arrive_whole_and_in_order(String protocol, int size)
      throws Exception {
    byte[] data = new byte[size];
    new Random(8).nextBytes(data);
    try (TlsPeer peer = connect(protocol)) {
      byte[] records = joined(peer.encrypt(request()), peer.encrypt(data));
      CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(peer, records));

      assertThat(readHead(peer)).startsWith("HTTP/1.1 101 ");
      assertThat(peer.receive(size)).isEqualTo(data);
      sent.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static void send(TlsPeer peer, byte[] records) {
    try {
      peer.sendRecords(records);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void renegotiation_is_refused() throws Exception {
    int mark = secure.server().log().mark();
    try (TlsPeer peer = connect("TLSv1.2")) {
      peer.send(request());
      readHead(peer);
      peer.rekey();

      assertThat(secure.server().log().await(mark, "CULVERT-S002.*TLS renegotiation", LIMIT))
          .contains("result=error")
          .contains("client: TLS renegotiation is refused");
    }
  }

  @Test
  void keys_may_change() throws Exception {
    try (TlsPeer peer = connect("TLSv1.3")) {
      peer.send(request());
      readHead(peer);
      for (int i = 0; i < 10; i++) {
        byte[] bytes = ("round " + i).getBytes(ISO_8859_1);
        assertThat(peer.rekey().send(bytes).receive(bytes.length)).isEqualTo(bytes);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void the_end_of_a_stream_is_told_by_close_notify(String protocol) throws Exception {
    int mark = secure.server().log().mark();
    try (TlsPeer peer = connect(protocol)) {
      peer.send(request());
      readHead(peer);
      peer.send(new byte[11]).receive(11);
      peer.endOutput();

      assertThat(peer.receiveAll()).isEmpty();
      assertThat(secure.server().log().await(mark, "CULVERT-S002.*bytes-to-upstream=11 ", LIMIT))
          .contains("result=closed");
    }
  }

  @Test
  void an_end_without_close_notify_is_an_error() throws Exception {
    int mark = secure.server().log().mark();
    TlsPeer peer = connect("TLSv1.3");
    peer.send(request());
    readHead(peer);
    peer.send(new byte[12]).receive(12);
    peer.cut();

    assertThat(secure.server().log().await(mark, "CULVERT-S002.*bytes-to-upstream=12 ", LIMIT))
        .contains("result=error")
        .contains("client: TLS input ended without close_notify");
  }

  private static byte[] joined(byte[]... parts) {
    byte[] all = new byte[0];
    for (byte[] part : parts) {
      int at = all.length;
      all = Arrays.copyOf(all, at + part.length);
      System.arraycopy(part, 0, all, at, part.length);
    }
    return all;
  }
}
