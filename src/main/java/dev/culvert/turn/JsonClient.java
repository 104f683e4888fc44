package dev.culvert.turn;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A client that takes one JSON object: the response as the terminal event has it. */
public final class JsonClient implements TurnClient {

  private static final int BAD_GATEWAY = 502;

  private final HttpAnswer answer;

  /** Calls come one at a time. */
  private volatile Optional<Event> terminal = Optional.empty();

  /** A client that gets this answer. */
  public JsonClient(HttpAnswer answer) {
    this.answer = answer;
  }

  @Override
  public void dispatched(String decision, Map<String, List<String>> upgradeHeaders) {
    // of no interest to the client
  }

  @Override
  public void events(List<Event> events) {
    terminal = events.stream().filter(Event::isTerminal).findFirst().or(() -> terminal);
  }

  @Override
  public void ended(TurnEnd end) {
    try {
      if (end instanceof TurnEnd.Completed) {
        completed(terminal.orElseThrow());
      } else if (end instanceof TurnEnd.Refused refused) {
        ErrorBody.write(answer, refused);
      } else if (end instanceof TurnEnd.Broken broken) {
        ErrorBody.write(
            answer, TurnEnd.Refused.of(BAD_GATEWAY, TurnEnd.DISCONNECTED, broken.detail()));
      }
    } catch (IOException e) {
      // The client has gone; there is nobody left to be told.
    } finally {
      answer.finish();
    }
  }

  private void completed(Event event) throws IOException {
    Optional<JsonObject> response =
        JsonLibrary.object(event.text())
            .map(told -> told.get("response"))
            .filter(value -> value instanceof JsonObject)
            .map(value -> (JsonObject) value);
    if (response.isPresent()) {
      answer.head(200, Map.of("Content-Type", ErrorBody.CONTENT_TYPE));
      answer.write(response.get().toString());
    } else {
      String detail = "upstream: " + event.type();
      ErrorBody.write(
          answer,
          new TurnEnd.Refused(BAD_GATEWAY, "upstream_error", detail, Map.of(), event.text()));
    }
  }
}
