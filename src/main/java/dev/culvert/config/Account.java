package dev.culvert.config;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A credential for an upstream.
 *
 * @param name as in the key, unique
 * @param headers that an upstream is shown, name to value: secret; at least one
 */
public record Account(String name, Map<String, String> headers) {

  /** Folded names of headers by which clients show credentials of their own. */
  private static final Set<String> CREDENTIALS =
      Set.of("api-key", "authorization", "x-api-key", "x-goog-api-key");

  /**
   * Folded names of those by which they choose whose quota a credential uses. An upstream that
   * refuses a wrong choice refuses the account.
   */
  private static final Set<String> CHOICES = Set.of("openai-organization", "openai-project");

  /** Copies the map. */
  public Account {
    headers = Collections.unmodifiableMap(new TreeMap<>(headers));
  }

  /** Whether a header of a client may be a credential, which is for the gateway then. */
  static boolean isCredential(String header) {
    return CREDENTIALS.contains(HeaderNames.folded(header));
  }

  /**
   * Whether any account, whatever its headers are, stands for such a header of a client, which
   * therefore does not go on beside it.
   */
  public static boolean standsFor(String header) {
    return isCredential(header) || CHOICES.contains(HeaderNames.folded(header));
  }

  /** Without the values. */
  @Override
  public String toString() {
    return name + headers.keySet();
  }
}
