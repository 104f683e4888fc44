package dev.culvert.handshake;

import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Host and port as in {@code Host} (RFC 9110 section 7.2), without user information.
 *
 * @param host as written, IPv6 in brackets
 * @param port 0 to 65535, empty when left out
 */
record Authority(String host, OptionalInt port) {

  private static final int LONGEST_NAME = 255;
  private static final int SHORTEST_LITERAL = "[::]".length();
  private static final int LONGEST_LITERAL = 47;
  private static final int MOST_DIGITS = 5;
  private static final int HIGHEST_PORT = 65535;

  // Narrower than RFC 3986: separators in a name would have a meaning in lists and quoted strings.
  private static final BitSet OF_NAMES =
      characters("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~%-");
  private static final BitSet OF_LITERALS = characters("0123456789ABCDEFabcdef:.");
  private static final BitSet DIGITS = characters("0123456789");

  private static BitSet characters(String all) {
    BitSet set = new BitSet(128);
    all.chars().forEach(set::set);
    return set;
  }

  static Optional<Authority> parse(String text) {
    int end = text.startsWith("[") ? endOfLiteral(text) : endOfName(text);
    if (end == 0) {
      return Optional.empty();
    }
    String host = text.substring(0, end);
    if (end == text.length() || (text.charAt(end) == ':' && end + 1 == text.length())) {
      return Optional.of(new Authority(host, OptionalInt.empty()));
    }
    boolean isNumber =
        text.charAt(end) == ':'
            && text.length() - end - 1 <= MOST_DIGITS
            && endOf(DIGITS, text, end + 1) == text.length();
    return isNumber
        ? Optional.of(Integer.parseInt(text.substring(end + 1)))
            .filter(port -> port <= HIGHEST_PORT)
            .map(port -> new Authority(host, OptionalInt.of(port)))
        : Optional.empty();
  }

  /** After the name, 0 when there is none. */
  private static int endOfName(String text) {
    int end = endOf(OF_NAMES, text, 0);
    return end <= LONGEST_NAME ? end : 0;
  }

  /** After the bracket, 0 when there is no address in brackets. */
  private static int endOfLiteral(String text) {
    int end = endOf(OF_LITERALS, text, 1) + 1;
    boolean closed = end <= text.length() && text.charAt(end - 1) == ']';
    return closed && end >= SHORTEST_LITERAL && end <= LONGEST_LITERAL ? end : 0;
  }

  private static int endOf(BitSet characters, String text, int from) {
    int end = from;
    while (end < text.length() && characters.get(text.charAt(end))) {
      end++;
    }
    return end;
  }

  /** {@code host} or {@code host:port}. */
  @Override
  public String toString() {
    return port.isPresent() ? host + ":" + port.getAsInt() : host;
  }
}
