package dev.culvert.config;

import java.util.List;

/** Hosts that are reached without the forward proxy. */
final class NoProxy {

  private NoProxy() {}

  /**
   * Whether a host is one of them.
   *
   * @param host lower case, IPv6 in brackets
   * @param entries host names, {@code .suffix} of names, addresses; written as the host
   */
  static boolean matches(String host, List<String> entries) {
    return entries.stream()
        .anyMatch(entry -> entry.startsWith(".") ? host.endsWith(entry) : host.equals(entry));
  }
}
