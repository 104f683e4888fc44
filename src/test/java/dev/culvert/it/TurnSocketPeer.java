package dev.culvert.it;

import dev.culvert.testkit.Application;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;

/** A WebSocket client of a route in mode {@code turns}. */
record TurnSocketPeer(WebSocketPeer socket) implements AutoCloseable {

  private static final List<String> LAST =
      List.of("response.completed", "response.failed", "response.incomplete", "error");

  static TurnSocketPeer connect(Application application, String path) throws Exception {
    return new TurnSocketPeer(WebSocketPeer.connect(application.ws(path)));
  }

  /** A request of a conversation. */
  static JsonObjectBuilder request(String conversation) {
    return Json.createObjectBuilder()
        .add("type", "response.create")
        .add("model", "m")
        .add("prompt_cache_key", conversation)
        .add("input", "hello");
  }

  TurnSocketPeer ask(String conversation) throws Exception {
    return send(request(conversation));
  }

  TurnSocketPeer send(JsonObjectBuilder request) throws Exception {
    socket.send(request.build().toString());
    return this;
  }

  /** The next event. */
  JsonObject next() throws IOException, InterruptedException {
    String text = socket.next();
    if (text == null) {
      throw new IOException("event: none in time");
    }
    try (JsonReader reader = Json.createReader(new StringReader(text))) {
      return reader.readObject();
    }
  }

  /** The next event of a type, after others. */
  JsonObject await(String type) throws IOException, InterruptedException {
    JsonObject event;
    do {
      event = next();
    } while (!event.getString("type").equals(type));
    return event;
  }

  /** Types of the events up to the last one of a turn. */
  List<String> turn() throws IOException, InterruptedException {
    List<String> types = new ArrayList<>();
    String type;
    do {
      type = next().getString("type");
      types.add(type);
    } while (!LAST.contains(type));
    return types;
  }

  /** A whole turn that must complete; the id of its response. */
  String completed(JsonObjectBuilder request) throws Exception {
    return send(request).await("response.completed").getJsonObject("response").getString("id");
  }

  @Override
  public void close() {
    socket.close();
  }
}
