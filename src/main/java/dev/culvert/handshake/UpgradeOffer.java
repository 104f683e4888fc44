package dev.culvert.handshake;

import dev.culvert.config.Route;
import java.util.stream.Collectors;

/** What a 426 must name: the protocols that the route can switch to (RFC 9110 section 15.5.22). */
final class UpgradeOffer {

  private UpgradeOffer() {}

  static Headers headers(Route route) {
    return Headers.of("Connection", "Upgrade", "Upgrade", of(route));
  }

  static String of(Route route) {
    return route.upgrades().stream().sorted().collect(Collectors.joining(", "));
  }
}
