package dev.culvert.turn;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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

  /** Those that clients of the Responses protocol use. */
  public static final ConversationNames OPENAI_RESPONSES =
      new ConversationNames(List.of("prompt_cache_key", "x-conversation-id", "session_id"));

  private static final int DIGEST_BYTES = 16;

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
                    + digest(
                        body.text("model").orElse(""),
                        body.text("instructions").orElse(""),
                        first));
  }

  /** Digest of what must be equal for an upstream's prompt cache to hold. */
  public static String variant(TurnBody body) {
    Object tools = body.object().get("tools");
    return digest(body.text("instructions").orElse(""), tools == null ? "" : tools.toString());
  }

  /** Each part goes in with its length, so that no two lists of parts read alike. */
  private static String digest(String... parts) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        byte[] bytes = part.getBytes(UTF_8);
        sha.update((bytes.length + ":").getBytes(UTF_8));
        sha.update(bytes);
      }
      return HexFormat.of().formatHex(sha.digest(), 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
