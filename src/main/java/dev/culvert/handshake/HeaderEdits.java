package dev.culvert.handshake;

import dev.culvert.config.HeaderRules;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Carries out a route's header rules: remove, then set, then add. */
final class HeaderEdits {

  private HeaderEdits() {}

  /**
   * Applies the rules.
   *
   * @param fixed names, lower case, that rules do not touch, because the handshake hangs on them
   */
  static Headers apply(Headers headers, HeaderRules rules, Predicate<String> fixed) {
    Headers edited =
        rules.remove().isEmpty()
            ? headers
            : headers.without(name -> rules.remove().contains(name) && !fixed.test(name));
    for (Map.Entry<String, String> entry : rules.set().entrySet()) {
      String replaced = Ascii.lower(entry.getKey());
      if (!fixed.test(replaced)) {
        edited = edited.without(replaced::equals).with(entry.getKey(), entry.getValue());
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
}
