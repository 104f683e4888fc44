package dev.culvert.demo;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What a client hears of a {@link DemoUpstream}. */
final class Ticks implements WebSocket.Listener, AutoCloseable {

  private static final long LIMIT_SECONDS = 30;

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final WebSocket socket;

  /** The listener's, which is called by one thread at a time. */
  private final StringBuilder message = new StringBuilder();

  Ticks(URI address) {
    socket = HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(address, this).join();
  }

  void say(String text) {
    socket.sendText(text, true).join();
  }

  /** The next message; empty when there is none for 30 s. */
  String next() throws InterruptedException {
    String text = heard.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    return text == null ? "" : text;
  }

  /** The number of the next message, which must be a tick. */
  int nextTick() throws InterruptedException {
    return Integer.parseInt(next().replaceFirst("stream \\d+ tick ", ""));
  }

  /** What is heard after all ticks; empty when nothing else comes for 30 s. */
  String end() throws InterruptedException {
    String text = next();
    while (text.startsWith("stream ")) {
      text = next();
    }
    return text;
  }

  /** How many messages have come and have not been taken. */
  int waiting() {
    return heard.size();
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
    message.append(text);
    if (last) {
      heard.add(message.toString());
      message.setLength(0);
    }
    return WebSocket.Listener.super.onText(from, text, last);
  }

  @Override
  public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    heard.add("closed " + code);
    return WebSocket.Listener.super.onClose(from, code, reason);
  }

  @Override
  public void close() {
    socket.abort();
  }
}
