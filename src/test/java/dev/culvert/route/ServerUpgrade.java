package dev.culvert.route;

import dev.culvert.provider.Attempt;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.function.Consumer;

/** Openings of tests that have the server upgrade the connection. */
final class ServerUpgrade {

  private ServerUpgrade() {}

  /**
   * An opening whose stream ends at once.
   *
   * @param open gets the request that can be upgraded
   */
  static Opening opening(Consumer<HttpServletRequest> open) {
    return Stub.of(
        Opening.class,
        Map.of(
            "upgradesByServer",
            arguments -> true,
            "open",
            arguments -> {
              open.accept((HttpServletRequest) arguments[0]);
              ((Attempt) arguments[5]).close();
              return null;
            }));
  }
}
