package dev.culvert.bench;

import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.TimeUnit;

/**
 * Posts its turns to Culvert and takes server-sent events, on one HTTP connection for as many turns
 * as the server allows.
 */
final class HttpCaller implements TurnCaller {

  private static final int HEXADECIMAL = 16;
  private static final int OK = 200;

  /** Servers close connections that are idle, Payara after 30 s. */
  private static final long KEPT_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final int port;
  private final String request;

  private Wire wire;
  private long lastNanos;

  /**
   * @param route address of the turns
   */
  HttpCaller(URI route) throws IOException {
    port = route.getPort();
    wire = Wire.connect(port);
    lastNanos = System.nanoTime();
    String body =
        "{\"model\":\"m\",\"prompt_cache_key\":\"http\",\"input\":\"hello\",\"stream\":true}";
    request =
        "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(route.getPath(), route.getAuthority(), body.length(), body);
  }

  @Override
  public long firstEventNanos() throws IOException {
    long begin = System.nanoTime();
    if (begin - lastNanos > KEPT_ALIVE_NANOS) {
      connect();
      begin = System.nanoTime();
    }
    wire.send(request);
    ResponseHead head = wire.readResponse();
    if (head.status() != OK) {
      throw new IOException("turn: " + head.status() + " (expected: " + OK + ")");
    }
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf(FIRST_VISIBLE) < 0 && readChunk(answer)) {
      // until it is there
    }
    long end = System.nanoTime();
    while (readChunk(answer)) {
      // to the end
    }
    if (answer.indexOf(TERMINAL) < 0) {
      throw new IOException("turn: " + answer + " (expected: completed)");
    }
    if (head.first("Connection").filter("close"::equals).isPresent()) {
      connect();
    }
    lastNanos = System.nanoTime();
    return end - begin;
  }

  private void connect() throws IOException {
    wire.close();
    wire = Wire.connect(port);
  }

  /** Reads the next chunk (RFC 9112, section 7.1); false at the last one. */
  private boolean readChunk(StringBuilder answer) throws IOException {
    int size = Integer.parseInt(readLine(), HEXADECIMAL);
    answer.append(wire.readText(size));
    readLine();
    return size > 0;
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    while (line.indexOf("\r\n") < 0) {
      line.append(wire.readText(1));
    }
    return line.substring(0, line.length() - 2);
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
