package dev.culvert.turn;

/**
 * What logs and metrics call a turn.
 *
 * @param requestId the client's own, or one made for it
 * @param key a short name of the key under which its socket is kept
 * @param previousResponse that it continues explicitly; empty when it does not
 */
public record TurnLabels(
    String route,
    String upstream,
    String requestId,
    String account,
    String conversation,
    String key,
    String previousResponse) {

  private static final int LONGEST = 128;

  /** A text of whatever origin in quotes, on one line of printable ASCII, not too long. */
  static String quoted(String text) {
    StringBuilder safe = new StringBuilder("\"");
    text.chars()
        .limit(LONGEST)
        .forEach(
            c -> {
              if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
                safe.append("\\u%04x".formatted(c));
              } else {
                safe.append((char) c);
              }
            });
    return safe.append(text.length() > LONGEST ? "..." : "").append('"').toString();
  }
}
