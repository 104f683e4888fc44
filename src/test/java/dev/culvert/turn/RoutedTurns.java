package dev.culvert.turn;

import dev.culvert.provider.lease.StoreKind;
import org.junit.jupiter.api.AfterEach;

/** Turns over several upstreams: {@code a} is preferred to {@code b}, and that to {@code c}. */
abstract class RoutedTurns {

  final RoutedTurnRig rig = new RoutedTurnRig(stores());

  /** Where the leases are. */
  StoreKind stores() {
    return StoreKind.MEMORY;
  }

  @AfterEach
  void close() {
    rig.close();
  }
}
