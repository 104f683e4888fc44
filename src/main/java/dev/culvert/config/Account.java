package dev.culvert.config;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A credential for an upstream.
 *
 * @param name as in the key, unique
 * @param headers that an upstream is shown, name to value: secret; at least one
 */
public record Account(String name, Map<String, String> headers) {

  /** Copies the map. */
  public Account {
    headers = Collections.unmodifiableMap(new TreeMap<>(headers));
  }

  /** Without the values. */
  @Override
  public String toString() {
    return name + headers.keySet();
  }
}
