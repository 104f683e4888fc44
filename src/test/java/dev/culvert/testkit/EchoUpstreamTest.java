package dev.culvert.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class EchoUpstreamTest {

  private EchoUpstream upstream;

  @BeforeEach
  void start() throws IOException {
    upstream = EchoUpstream.start();
  }

  @AfterEach
  void stop() {
    upstream.close();
  }

  @Test
  void echoesFragmentsAsFragments() throws Exception {
    Events events = new Events();
    WebSocket socket = connect(events);

    socket.sendText("one, ", false).get(10, TimeUnit.SECONDS);
    socket.sendPing(ByteBuffer.wrap(new byte[] {7})).get(10, TimeUnit.SECONDS);
    socket.sendText("two", true).get(10, TimeUnit.SECONDS);

    assertThat(events.next()).isEqualTo("text one,  more");
    assertThat(events.next()).isEqualTo("pong 1");
    assertThat(events.next()).isEqualTo("text two last");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 125, 126, 65_535, 65_536, 5_000_000})
  void echoesABinaryMessage(int size) throws Exception {
    Events events = new Events();
    WebSocket socket = connect(events);
    byte[] message = bytes(size);

    socket.sendBinary(ByteBuffer.wrap(message), true).get(10, TimeUnit.SECONDS);

    assertThat(events.binary.get(10, TimeUnit.SECONDS)).isEqualTo(message);
  }

  @Test
  void answersACloseWithItsCodeAndEndsTheConnection() throws Exception {
    Events events = new Events();
    WebSocket socket = connect(events);

    socket.sendClose(3333, "done").get(10, TimeUnit.SECONDS);

    assertThat(events.next()).isEqualTo("close 3333 done");
    await().until(() -> upstream.live() == 0);
  }

  @Test
  void endsItsOutputAfterTheCloseFrame() throws IOException {
    try (SocketChannel channel = UpgradeClient.open(upstream.port(), "/", "websocket")) {
      ByteBuffer close = ByteBuffer.allocate(FrameHeader.MAX);
      FrameHeader.writeMasked(close, FrameHeader.FIN | FrameHeader.CLOSE, 0, 1);
      channel.write(close.flip());

      byte[] output = channel.socket().getInputStream().readAllBytes();

      assertThat(output).containsExactly(0x88, 0);
    }
  }

  @Test
  void echoesRawBytesAfterAnyOtherToken() throws IOException {
    try (SocketChannel channel = UpgradeClient.open(upstream.port(), "/x", "stress-stream")) {
      byte[] bytes = bytes(100_000);
      CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(channel, bytes));

      byte[] echo = channel.socket().getInputStream().readNBytes(bytes.length);

      assertThat(echo).isEqualTo(bytes);
      writer.join();
    }
  }

  @Test
  void echoesBytesThatCameWithTheRequest() throws IOException {
    String request = "GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n\u00e9arly";

    String answer = ask(request, true);

    assertThat(answer).startsWith("HTTP/1.1 101 ").endsWith("\r\n\r\n\u00e9arly");
  }

  @Test
  void keepsAllBytesForAClientThatReadsLate() throws IOException {
    try (SocketChannel channel = UpgradeClient.open(upstream.port(), "/", "raw")) {
      byte[] bytes = bytes(64 * 1024 * 1024);
      CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(channel, bytes));
      assertThatThrownBy(() -> writer.get(200, TimeUnit.MILLISECONDS))
          .as("the upstream stops reading")
          .isInstanceOf(TimeoutException.class);

      InputStream in = channel.socket().getInputStream();

      assertThat(in.readNBytes(bytes.length)).isEqualTo(bytes);
      writer.join();
    }
  }

  @Test
  void refusesARequestWithoutUpgrade() throws IOException {
    assertThat(ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n", false))
        .startsWith("HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\n");
  }

  @Test
  void refusesAWebSocketWithoutKey() throws IOException {
    assertThat(ask("GET / HTTP/1.1\r\nUpgrade: WebSocket\r\n\r\n", false))
        .startsWith("HTTP/1.1 400 Bad Request\r\n");
  }

  @Test
  void closesOnGarbage() throws IOException {
    assertThat(ask("garbage\r\n\r\n", false)).isEmpty();
  }

  @Test
  void remembersRequestsAndCountsConnections() throws IOException {
    try (SocketChannel first = UpgradeClient.open(upstream.port(), "/a?b=c", "raw");
        SocketChannel second = UpgradeClient.open(upstream.port(), "/d", "raw")) {
      assertThat(first).isNotSameAs(second);
      assertThat(upstream.heads()).extracting(RequestHead::target).containsExactly("/a?b=c", "/d");
      assertThat(upstream.lastHead().orElseThrow().first("upgrade")).hasValue("raw");
      assertThat(upstream.accepted()).isEqualTo(2);
      assertThat(upstream.live()).isEqualTo(2);
    }
    await().until(() -> upstream.live() == 0);
    assertThat(upstream.accepted()).isEqualTo(2);
  }

  @Test
  void closesItsConnectionsAndItsPort() throws IOException {
    try (SocketChannel channel = UpgradeClient.open(upstream.port(), "/", "raw")) {
      upstream.close();

      assertThat(channel.socket().getInputStream().read()).isEqualTo(-1);
      assertThat(upstream.live()).isZero();
      assertThatThrownBy(() -> UpgradeClient.open(upstream.port(), "/", "raw"))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void theClientNamesAnAnswerThatIsNo101() {
    assertThatThrownBy(() -> UpgradeClient.open(upstream.port(), "/ x", "raw"))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("answer:  (expected: a whole head)");
  }

  private WebSocket connect(Events events)
      throws InterruptedException, ExecutionException, TimeoutException {
    return HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .buildAsync(upstream.webSocket("/chat?room=1"), events)
        .get(10, TimeUnit.SECONDS);
  }

  private String ask(String request, boolean endOutput) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), upstream.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      if (endOutput) {
        socket.shutdownOutput();
      }
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private static void write(SocketChannel channel, byte[] bytes) {
    try {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the client's library reports. */
  private static final class Events implements WebSocket.Listener {

    final CompletableFuture<byte[]> binary = new CompletableFuture<>();
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream parts = new ByteArrayOutputStream();

    String next() throws InterruptedException {
      return events.poll(10, TimeUnit.SECONDS);
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      events.add("text " + data + (last ? " last" : " more"));
      return WebSocket.Listener.super.onText(socket, data, last);
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      byte[] part = new byte[data.remaining()];
      data.get(part);
      parts.writeBytes(part);
      if (last) {
        binary.complete(parts.toByteArray());
      }
      return WebSocket.Listener.super.onBinary(socket, data, last);
    }

    @Override
    public CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
      events.add("pong " + message.remaining());
      return WebSocket.Listener.super.onPong(socket, message);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      events.add("close " + status + " " + reason);
      return WebSocket.Listener.super.onClose(socket, status, reason);
    }
  }
}
