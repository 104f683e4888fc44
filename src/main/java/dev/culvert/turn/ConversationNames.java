package dev.culvert.turn;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds out which conversation a turn belongs to. Names that were worked out cannot be mistaken for
 * those that clients give.
 *
 * @param fields body fields or headers in which clients name their conversation, the most telling
 *     first
 */
public record ConversationNames(List<String> fields) {

  /** Copies the list. */
  public ConversationNames {
    fields = List.copyOf(fields);
  }

  /**
   * The conversation: as the client names it, else that of the response it continues, else one that
   * the same beginning leads to.
   *
   * @param header value of a header of the request
   * @param recorded the conversation in which the caller got a response
   * @return empty when nothing tells
   */
  public String conversation(
      TurnBody body,
      Function<String, Optional<String>> header,
      Function<String, Optional<String>> recorded) {
    return named(body, header)
        .or(
            () ->
                Optional.of(body.previousResponse()).filter(id -> !id.isEmpty()).flatMap(recorded))
        .or(() -> beginning(body))
        .orElse("");
  }

  private Optional<String> named(TurnBody body, Function<String, Optional<String>> header) {
    return fields.stream()
        .flatMap(field -> body.text(field).or(() -> header.apply(field)).stream())
        .filter(name -> !name.isEmpty())
        .map(name -> "=" + name)
        .findFirst();
  }

  private static Optional<String> beginning(TurnBody body) {
    return body.firstUserText()
        .map(
            first ->
                "#"
                    + Digest.of(
                        List.of(
                            body.text("model").orElse(""),
                            body.text("instructions").orElse(""),
                            first)));
  }

  /** Digest of what must be equal for an upstream's prompt cache to hold. */
  public static String variant(TurnBody body) {
    return Digest.of(List.of(body.text("instructions").orElse(""), body.tools()));
  }
}
