package dev.culvert.host.dial;

import dev.culvert.boundary.DialResult;
import java.util.List;
import java.util.Optional;

/**
 * The end of a dial.
 *
 * @param result for the gateway, its {@code connection} not yet set
 * @param connection the open connection after a 101
 */
public record DialOutcome(DialResult result, Optional<UpstreamConnection> connection) {

  static DialOutcome failed(String outcome, int address, String detail) {
    return new DialOutcome(
        new DialResult(outcome, address, 0, List.of(), new byte[0], false, 0, detail),
        Optional.empty());
  }
}
