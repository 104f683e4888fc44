package dev.culvert.route;

import dev.culvert.config.Route;
import java.time.Duration;

/**
 * How long a stream in portable mode waits for others.
 *
 * @param toBegin for the server to begin the upgrade
 * @param stall for a client that takes nothing of what is left of a stream that has ended
 */
record PortableTerms(Duration toBegin, Duration stall) {

  static PortableTerms of(Route route) {
    return new PortableTerms(Suspension.patience(route), route.limits().stallTimeout());
  }
}
