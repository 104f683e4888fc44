package dev.culvert.config;

import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Names of headers as upstreams may tell them apart: neither by case nor by {@code _} and {@code
 * -}, of which CGI, WSGI and Rack make one and the same variable.
 */
public final class HeaderNames {

  private HeaderNames() {}

  /** What all spellings of a name have in common: lower case, hyphens for underscores. */
  public static String folded(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The same of several names. */
  public static Set<String> folded(Collection<String> names) {
    Set<String> folded = new HashSet<>();
    for (String name : names) {
      folded.add(folded(name));
    }
    return folded;
  }
}
