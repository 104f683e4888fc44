package dev.culvert.provider.lease;

import java.util.BitSet;

/**
 * One attempt's share of a session's place at a provider. A session counts once however many leases
 * it has there, and leaves with the last one.
 *
 * @param provider name of the upstream
 * @param session id of the conversation
 * @param token of the attempt, never used again
 */
public record Lease(String provider, String session, String token) {

  /** Longest id. */
  public static final int MAX_LENGTH = 200;

  private static final BitSet ID = new BitSet(128);

  static {
    ID.set('A', 'Z' + 1);
    ID.set('a', 'z' + 1);
    ID.set('0', '9' + 1);
    "._:@/+=-".chars().forEach(ID::set);
  }

  /** A lease with a token of its own. */
  public static Lease of(String provider, String session) {
    return new Lease(provider, session, UniqueIds.next());
  }

  /**
   * Whether stores take it: each id has 1 to {@value #MAX_LENGTH} characters out of {@code A-Z},
   * {@code a-z}, {@code 0-9} and {@code ._:@/+=-}. For any other one no store does anything.
   */
  public boolean isValid() {
    return isId(provider) && isId(session) && isId(token);
  }

  /** Whether a store takes it as an id. */
  public static boolean isId(String text) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      if (!ID.get(text.charAt(i))) {
        return false;
      }
    }
    return length > 0 && length <= MAX_LENGTH;
  }
}
