package dev.culvert.sim;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A turn as the upstream received it.
 *
 * @param connection number of the connection, from 1
 * @param body the frame's object
 */
public record SimRequest(long connection, JsonObject body) {

  /** Value of a text field of the body. */
  public Optional<String> text(String field) {
    return body.get(field) instanceof JsonString value
        ? Optional.of(value.getString())
        : Optional.empty();
  }

  /** What the model is given: instructions first, then each item of the input. */
  List<String> prompt() {
    List<String> prompt = new ArrayList<>();
    text("instructions").ifPresent(prompt::add);
    if (body.get("input") instanceof JsonArray items) {
      items.forEach(item -> prompt.add(item.toString()));
    } else if (body.containsKey("input")) {
      prompt.add(body.get("input").toString());
    }
    return prompt;
  }
}
