package dev.culvert.it.clients;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The JDK's own WebSocket. It knows no extensions. */
public final class JdkClient implements RealClient, WebSocket.Listener {

  private static final int FRAGMENTS = 4;

  private final Lines said = new Lines();
  private final HttpClient http;

  /** The tester's thread only. */
  private WebSocket socket;

  /** What the next echo must be; written before it is sent. */
  private volatile Expected expected = new Expected("", "", ByteBuffer.allocate(0));

  private record Expected(String command, String text, ByteBuffer binary) {}

  /** The listener's, which is called by one thread at a time. */
  private final StringBuilder text = new StringBuilder();

  private final ByteArrayOutputStream binary = new ByteArrayOutputStream();

  public JdkClient() {
    this(HttpClient.newHttpClient());
  }

  public JdkClient(HttpClient http) {
    this.http = http;
  }

  @Override
  public void send(String command) {
    String[] words = command.split(" ", -1);
    if (words[0].equals("open")) {
      socket = http.newWebSocketBuilder().buildAsync(URI.create(words[1]), this).join();
      return;
    }
    if (words[0].equals("close")) {
      socket.sendClose(Integer.parseInt(words[1]), "").join();
      return;
    }
    byte[] payload = payload(Integer.parseInt(words[1]));
    if (words[0].equals("binary")) {
      expected = new Expected(command, "", ByteBuffer.wrap(payload));
      socket.sendBinary(ByteBuffer.wrap(payload), true).join();
      return;
    }
    String message = new String(payload, ISO_8859_1);
    expected = new Expected(command, message, ByteBuffer.allocate(0));
    sendText(message, words[0].equals("fragments") ? FRAGMENTS : 1);
  }

  private void sendText(String message, int fragments) {
    int size = (message.length() + fragments - 1) / fragments;
    for (int at = 0; at < message.length(); at += size) {
      int end = Math.min(at + size, message.length());
      socket.sendText(message.substring(at, end), end == message.length()).join();
    }
  }

  private static byte[] payload(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) ('a' + (i * 31 + (i >> 10)) % 26);
    }
    return bytes;
  }

  @Override
  public String receive() throws InterruptedException {
    return said.require();
  }

  @Override
  public void onOpen(WebSocket opened) {
    said.add("opened");
    opened.request(Long.MAX_VALUE);
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    text.append(data);
    if (last) {
      answer(expected.text().contentEquals(text));
      text.setLength(0);
    }
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    binary.writeBytes(bytes);
    if (last) {
      answer(expected.binary().equals(ByteBuffer.wrap(binary.toByteArray())));
      binary.reset();
    }
    return CompletableFuture.completedStage(null);
  }

  private void answer(boolean right) {
    said.add((right ? "echoed " : "wrong echo of ") + expected.command());
  }

  @Override
  public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    said.add(("closed " + code + " " + reason).strip());
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    said.add("error " + error);
  }

  @Override
  public void close() {
    if (socket != null) {
      socket.abort();
    }
  }
}
