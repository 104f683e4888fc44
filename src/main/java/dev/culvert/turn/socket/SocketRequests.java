package dev.culvert.turn.socket;

import dev.culvert.config.Preset;
import dev.culvert.turn.InvalidRequest;
import dev.culvert.turn.RequestMemory;
import dev.culvert.turn.TurnBody;
import dev.culvert.turn.TurnEnd;
import dev.culvert.turn.TurnMaker;
import dev.culvert.turn.TurnRequest;
import jakarta.json.JsonNumber;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;

/**
 * Has each text message of a client made a turn, or says what is wrong with it. Belongs to the
 * thread that brings the messages.
 */
final class SocketRequests {

  private static final Logger LOG = System.getLogger("dev.culvert.turn");

  private static final int LONGEST_LANE = 256;

  /** At most, in UTF-8. */
  private static final int BYTES_OF_A_CHARACTER = 3;

  private final TurnSocket socket;
  private final TurnMaker maker;
  private final Preset preset;
  private final RequestMemory.Share memory;
  private final MessageText message;

  SocketRequests(TurnSocket socket, TurnMaker maker, Preset preset) {
    this.socket = socket;
    this.maker = maker;
    this.preset = preset;
    this.memory = maker.memory().share();
    this.message = new MessageText(TurnRequest.MAX_BYTES, memory);
  }

  /** No further message comes. Any thread. */
  void close() {
    memory.close();
  }

  /** Takes a piece of a message. */
  void text(String piece, boolean last) {
    message.add(piece);
    if (last) {
      try {
        whole();
      } finally {
        memory.release();
      }
    }
  }

  private void whole() {
    boolean tooLong = message.isTooLong();
    boolean crowded = message.isCrowdedOut();
    String text = message.take();
    if (crowded) {
      refuse(503, TurnEnd.OVERLOADED, memory.refusal(), Optional.empty());
    } else if (tooLong) {
      String detail = "message: longer than " + TurnRequest.MAX_BYTES + " bytes";
      refuse(413, TurnEnd.TOO_LARGE, detail, Optional.empty());
    } else {
      received(text);
    }
  }

  private void received(String text) {
    try {
      received(TurnBody.read(text), text);
    } catch (InvalidRequest e) {
      refuse(400, InvalidRequest.CODE, "message: " + e.getMessage(), Optional.empty());
    }
  }

  private void received(TurnBody body, String text) {
    Optional<JsonValue> lane = body.lane(preset);
    String type = preset.requestType();
    if (!type.isEmpty() && !body.type(preset).equals(type)) {
      String detail = preset.typeField() + ": unknown (expected: " + type + ")";
      refuse(400, "invalid_type", detail, lane.filter(SocketRequests::isName));
      return;
    }
    if (!lane.map(SocketRequests::isName).orElse(true)) {
      String expected = "(expected: a number or a text of at most " + LONGEST_LANE + " characters)";
      String detail = preset.laneField() + ": " + expected;
      refuse(400, "invalid_lane", detail, Optional.empty());
      return;
    }
    SocketTurn turn = new SocketTurn(socket, lane);
    switch (socket.enter(turn)) {
      case TAKEN -> begin(turn, body, text);
      case BUSY -> refuse(409, "response_in_progress", inProgress(lane), lane);
      case FULL -> refuse(429, "too_many_requests", "requests: " + Lanes.MOST + " in flight", lane);
      case ENDING -> refuse(503, TurnEnd.SHUTTING_DOWN, "deployment: ending", lane);
    }
  }

  /** Lanes are kept with their connections. */
  private static boolean isName(JsonValue lane) {
    return (lane instanceof JsonString || lane instanceof JsonNumber)
        && text(lane).length() <= LONGEST_LANE;
  }

  private static String text(JsonValue lane) {
    return lane instanceof JsonString string ? string.getString() : lane.toString();
  }

  private void refuse(int status, String code, String detail, Optional<JsonValue> lane) {
    maker.refused();
    socket.refuse(TurnEnd.Refused.of(status, code, detail), lane);
  }

  private String inProgress(Optional<JsonValue> lane) {
    return "request: another one is in flight"
        + lane.map(name -> " with this " + preset.laneField()).orElse("");
  }

  private void begin(SocketTurn turn, TurnBody body, String text) {
    if (text.length() <= TurnRequest.SHORT / BYTES_OF_A_CHARACTER) {
      prepare(turn, body, text);
    } else {
      socket.elsewhere(() -> prepare(turn, body, text));
    }
  }

  private void prepare(SocketTurn turn, TurnBody body, String text) {
    try {
      maker.prepare(body, text, turn).ifPresent(turn::begin);
    } catch (Throwable e) { // an Error too must not leave the client without an answer
      fault(turn, e);
    }
  }

  private static void fault(SocketTurn turn, Throwable cause) {
    try {
      LOG.log(Level.ERROR, "CULVERT-T001 a turn failed", cause);
    } finally {
      turn.ended(TurnEnd.Refused.of(500, "server_error", "fault"));
    }
  }
}
