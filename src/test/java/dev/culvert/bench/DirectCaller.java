package dev.culvert.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** Speaks to the upstream itself, on one connection for all turns or on one for each. */
final class DirectCaller implements TurnCaller {

  private static final byte[] REQUEST =
      "{\"type\":\"response.create\",\"prompt_cache_key\":\"direct\",\"input\":\"hello\"}"
          .getBytes(UTF_8);
  private static final int SWITCHING = 101;

  private final int port;
  private final Optional<SSLContext> tls;
  private final boolean dialsAnew;

  /** The connection for all turns. */
  private Optional<Wire> kept = Optional.empty();

  DirectCaller(int port, Optional<SSLContext> tls, boolean dialsAnew) {
    this.port = port;
    this.tls = tls;
    this.dialsAnew = dialsAnew;
  }

  @Override
  public long firstEventNanos() throws IOException {
    if (dialsAnew) {
      long begin = System.nanoTime();
      try (Wire wire = dial()) {
        return turn(wire, begin);
      }
    }
    if (kept.isEmpty()) {
      kept = Optional.of(dial());
    }
    return turn(kept.get(), System.nanoTime());
  }

  private Wire dial() throws IOException {
    Wire wire = Wire.connect(port);
    if (tls.isPresent()) {
      wire = wire.secured(tls.get(), "TLSv1.3");
    }
    wire.send(Upgrades.request(port, "/", "websocket"));
    int status = wire.readResponse().status();
    if (status != SWITCHING) {
      throw new IOException("upgrade: " + status + " (expected: " + SWITCHING + ")");
    }
    return wire;
  }

  private static long turn(Wire wire, long begin) throws IOException {
    wire.send(WebSocketFrame.ofClient(true, WebSocketFrame.TEXT, REQUEST).bytes());
    await(wire, FIRST_VISIBLE);
    long end = System.nanoTime();
    await(wire, TERMINAL);
    return end - begin;
  }

  private static void await(Wire wire, String event) throws IOException {
    WebSocketFrame frame;
    do {
      frame = WebSocketFrame.read(wire);
      if (frame.opcode() == WebSocketFrame.CLOSE) {
        throw new IOException("closed: " + frame.closeCode() + " (expected: " + event + ")");
      }
    } while (!new String(frame.payload(), UTF_8).contains(event));
  }

  @Override
  public void close() throws IOException {
    if (kept.isPresent()) {
      kept.get().close();
    }
  }
}
