package dev.culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** The JDK's WebSocket client, and everything it was told. */
final class WebSocketPeer implements WebSocket.Listener, AutoCloseable {

  /** How the client saw the connection end: 1006 stands for a failure. */
  record Close(int code, String reason) {}

  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build();
  private static final long LIMIT_SECONDS = 30;

  private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> pings = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> pongs = new LinkedBlockingQueue<>();
  private final CompletableFuture<Close> closed = new CompletableFuture<>();
  private final AtomicLong received = new AtomicLong();

  /** Called by one thread of the client at a time. */
  private final StringBuilder text = new StringBuilder();

  private WebSocket socket;

  private WebSocketPeer() {}

  /** Connects, or fails with what the JDK's client says. */
  static WebSocketPeer connect(URI uri) throws Exception {
    return connect(uri, HTTP.newWebSocketBuilder());
  }

  /** Connects with headers. */
  static WebSocketPeer connect(URI uri, String name, String value) throws Exception {
    return connect(uri, HTTP.newWebSocketBuilder().header(name, value));
  }

  /** Connects with TLS of one version. */
  static WebSocketPeer connect(URI uri, SSLContext context, String protocol) throws Exception {
    SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(new String[] {protocol});
    HttpClient secured =
        HttpClient.newBuilder().sslContext(context).sslParameters(parameters).build();
    return connect(uri, secured.newWebSocketBuilder());
  }

  private static WebSocketPeer connect(URI uri, WebSocket.Builder builder) throws Exception {
    WebSocketPeer peer = new WebSocketPeer();
    peer.socket = builder.buildAsync(uri, peer).get(LIMIT_SECONDS, TimeUnit.SECONDS);
    return peer;
  }

  /** The connection itself. */
  WebSocket socket() {
    return socket;
  }

  WebSocketPeer send(String message) throws Exception {
    socket.sendText(message, true).get(LIMIT_SECONDS, TimeUnit.SECONDS);
    return this;
  }

  /** The next text message, or null when there is none in time. */
  String next() throws InterruptedException {
    return texts.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** Pings and pongs received and not yet taken, the payloads as UTF-8. */
  BlockingQueue<String> pings() {
    return pings;
  }

  BlockingQueue<String> pongs() {
    return pongs;
  }

  /** Bytes of binary messages so far. */
  long received() {
    return received.get();
  }

  /** How the connection ended. */
  Close awaitClose() throws Exception {
    return closed.get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  boolean isClosed() {
    return closed.isDone();
  }

  @Override
  public void onOpen(WebSocket webSocket) {
    webSocket.request(Long.MAX_VALUE);
  }

  @Override
  public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
    text.append(data);
    if (last) {
      texts.add(text.toString());
      text.setLength(0);
    }
    return null;
  }

  @Override
  public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
    received.addAndGet(data.remaining());
    return null;
  }

  @Override
  public CompletionStage<?> onPing(WebSocket webSocket, ByteBuffer message) {
    pings.add(UTF_8.decode(message).toString());
    return null;
  }

  @Override
  public CompletionStage<?> onPong(WebSocket webSocket, ByteBuffer message) {
    pongs.add(UTF_8.decode(message).toString());
    return null;
  }

  @Override
  public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
    closed.complete(new Close(code, reason));
    return null;
  }

  @Override
  public void onError(WebSocket webSocket, Throwable error) {
    closed.complete(new Close(1006, error.toString()));
  }

  @Override
  public void close() {
    socket.abort();
  }
}
