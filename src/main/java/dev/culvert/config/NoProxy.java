package dev.culvert.config;

import java.util.List;
import java.util.Locale;

/** Hosts that are reached without the forward proxy. */
final class NoProxy {

  private NoProxy() {}

  /**
   * Whether a host is one of them.
   *
   * @param host lower case, IPv6 in brackets
   * @param entries host names, {@code .suffix} of names, addresses
   */
  static boolean matches(String host, List<String> entries) {
    return entries.stream()
        .map(entry -> bare(entry.toLowerCase(Locale.ROOT)))
        .anyMatch(
            entry -> entry.startsWith(".") ? bare(host).endsWith(entry) : bare(host).equals(entry));
  }

  private static String bare(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }
}
