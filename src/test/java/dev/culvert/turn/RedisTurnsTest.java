package dev.culvert.turn;

import dev.culvert.provider.lease.StoreKind;
import org.junit.jupiter.api.Nested;

/** Turns whose leases are in a real Redis. */
class RedisTurnsTest {

  @Nested
  class OneServer extends RoutedTurnTest {
    @Override
    StoreKind stores() {
      return StoreKind.REDIS;
    }
  }

  @Nested
  class ThreeMasters extends RoutedTurnTest {
    @Override
    StoreKind stores() {
      return StoreKind.CLUSTER;
    }
  }
}
