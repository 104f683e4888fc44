package dev.culvert.handshake;

import dev.culvert.config.HeaderNames;
import dev.culvert.config.HeaderRules;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Puts headers of ours in the place of others. What is taken away is taken in every spelling that
 * an upstream may read as the same name.
 */
final class HeaderEdits {

  private HeaderEdits() {}

  /**
   * Carries out a route's rules: remove, then set, then add.
   *
   * @param fixed names, lower case, that rules do not touch, because the handshake hangs on them
   */
  static Headers apply(Headers headers, HeaderRules rules, Predicate<String> fixed) {
    Set<String> replaced = rules.replaced();
    Headers edited =
        replaced.isEmpty()
            ? headers
            : headers.without(
                name -> replaced.contains(HeaderNames.folded(name)) && !fixed.test(name));
    for (Map.Entry<String, String> entry : rules.set().entrySet()) {
      if (!fixed.test(Ascii.lower(entry.getKey()))) {
        edited = edited.with(entry.getKey(), entry.getValue());
      }
    }
    for (Map.Entry<String, List<String>> entry : rules.add().entrySet()) {
      if (!fixed.test(Ascii.lower(entry.getKey()))) {
        for (String value : entry.getValue()) {
          edited = edited.with(entry.getKey(), value);
        }
      }
    }
    return edited;
  }

  /** Shows the credentials of an account, in the place of what has their names. */
  static Headers show(Map<String, String> credentials, Headers headers) {
    Set<String> names = HeaderNames.folded(credentials.keySet());
    Headers shown = headers.without(name -> names.contains(HeaderNames.folded(name)));
    for (Map.Entry<String, String> credential : credentials.entrySet()) {
      shown = shown.with(credential.getKey(), credential.getValue());
    }
    return shown;
  }
}
