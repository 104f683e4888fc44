package dev.culvert.provider.lease;

import java.util.UUID;
import java.util.regex.Pattern;

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

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:@/+=-]{1," + MAX_LENGTH + "}");

  /** A lease with a token of its own. */
  public static Lease of(String provider, String session) {
    return new Lease(provider, session, UUID.randomUUID().toString());
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
    return ID.matcher(text).matches();
  }
}
