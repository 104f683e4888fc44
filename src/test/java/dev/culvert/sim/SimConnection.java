package dev.culvert.sim;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.WebSocketFrame;
import dev.culvert.testkit.Wire;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A client's connection. Its own thread reads; any thread may send, close or drop it. */
public final class SimConnection {

  private static final int NORMAL = 1000;

  private final SimulatedUpstream upstream;
  private final Wire wire;
  private final long number;
  private final long openedNanos;
  private final RequestHead head;
  private final Backend backend;
  private final AtomicInteger pings = new AtomicInteger();
  private final AtomicLong responses = new AtomicLong();

  /** Set by tests: reads on, answers nothing any more. */
  private volatile boolean mute;

  // Below: the connection's thread only.
  private String newestResponse = "";
  private boolean stalled;

  SimConnection(
      SimulatedUpstream upstream,
      Wire wire,
      long number,
      long openedNanos,
      RequestHead head,
      Backend backend) {
    this.upstream = upstream;
    this.wire = wire;
    this.number = number;
    this.openedNanos = openedNanos;
    this.head = head;
    this.backend = backend;
  }

  /** Number of the connection, from 1. */
  public long number() {
    return number;
  }

  /** Head of the upgrade request. */
  public RequestHead head() {
    return head;
  }

  /** How many pings have come. */
  public int pings() {
    return pings.get();
  }

  /** From now on it reads and answers nothing, pings included, as a peer that is cut off. */
  public void mute() {
    mute = true;
  }

  /** Sends a text frame. */
  public void send(String text) throws IOException {
    frame(WebSocketFrame.TEXT, text.getBytes(UTF_8));
  }

  /** Sends a close frame; the connection ends when the client answers. */
  public void close(int code) throws IOException {
    frame(WebSocketFrame.CLOSE, ByteBuffer.allocate(2).putShort((short) code).array());
  }

  /** Cuts the connection without a close frame. */
  public void drop() throws IOException {
    wire.close();
  }

  /** Serves until the client closes. */
  void serve() throws IOException {
    while (true) {
      WebSocketFrame frame = WebSocketFrame.read(wire);
      switch (frame.opcode()) {
        case WebSocketFrame.TEXT -> request(new String(frame.payload(), UTF_8));
        case WebSocketFrame.PING -> {
          pings.incrementAndGet();
          frame(WebSocketFrame.PONG, frame.payload());
        }
        case WebSocketFrame.CLOSE -> {
          upstream.closed(number, frame.closeCode());
          frame(WebSocketFrame.CLOSE, frame.payload());
          return;
        }
        default -> {} // nothing that a client sends
      }
    }
  }

  private void request(String text) throws IOException {
    SimRequest request;
    try (JsonReader reader = Events.JSON.createReader(new StringReader(text))) {
      JsonObject body = reader.readObject();
      request = new SimRequest(number, body);
    } catch (JsonException e) {
      send(Events.error(400, "invalid_json", e.getMessage()));
      return;
    }
    Script script = upstream.received(request);
    if (stalled) {
      send(Events.error(409, "response_in_progress", "one turn at a time"));
    } else if (upstream.isOverAge(openedNanos)) {
      send(
          Events.error(
              400, "websocket_connection_limit_reached", "the connection has reached its limit"));
      close(NORMAL);
    } else if (isForgotten(request)) {
      send(
          Events.error(
              400,
              "previous_response_not_found",
              "not the newest response of this connection: " + request.body()));
    } else {
      answer(request, script);
    }
  }

  /** Only the newest response of the connection is kept, in memory. */
  private boolean isForgotten(SimRequest request) {
    return request
        .text("previous_response_id")
        .filter(id -> !id.equals(newestResponse))
        .isPresent();
  }

  private void answer(SimRequest request, Script script) throws IOException {
    String responseId = "resp_" + number + "_" + responses.incrementAndGet();
    String conversation = request.text("prompt_cache_key").orElse("");
    Backend.Usage usage = backend.read(request.prompt());
    upstream.read(conversation, usage);
    Events events = new Events(conversation, responseId);
    if (!passes(script, Stage.FRAME)) {
      return;
    }
    if (script.rateLimits()) {
      send(events.rateLimits());
    }
    send(events.state("response.created", "in_progress"));
    send(events.state("response.in_progress", "in_progress"));
    if (!passes(script, Stage.METADATA)) {
      return;
    }
    send(events.itemAdded());
    StringBuilder output = new StringBuilder();
    String padding = "x".repeat(script.padding());
    for (int i = 0; i < script.deltas(); i++) {
      String piece = "word" + i + " " + padding;
      output.append(piece);
      send(events.delta(piece));
      if (i == 0 && !passes(script, Stage.VISIBLE)) {
        return;
      }
    }
    newestResponse = responseId;
    send(events.terminal(script.terminal(), output.toString(), usage));
    passes(script, Stage.TERMINAL);
  }

  /** Carries out what the script has after a stage; false when the turn ends with it. */
  private boolean passes(Script script, Stage stage) throws IOException {
    Action action = script.behind(stage).orElse(null);
    if (action == null) {
      return true;
    }
    if (action instanceof Action.Wait wait) {
      upstream.await(wait.gate());
      return true;
    }
    if (action instanceof Action.Drop) {
      drop();
    } else if (action instanceof Action.Close close) {
      close(close.code());
    } else if (action instanceof Action.Text text) {
      send(text.text());
    } else if (action instanceof Action.Binary) {
      frame(WebSocketFrame.BINARY, new byte[] {1, 2, 3});
    } else {
      stalled = true;
    }
    return false;
  }

  private synchronized void frame(int opcode, byte[] payload) throws IOException {
    if (!mute) {
      wire.send(WebSocketFrame.ofServer(true, opcode, payload).bytes());
    }
  }
}
