package dev.culvert.turn;

import dev.culvert.provider.lease.StoreKind;
import org.junit.jupiter.api.Nested;

/** Turns whose leases are in a real Redis. */
class RedisTurnsTest {

  @Nested
  class OneServer {
    @Nested
    class Routed extends RoutedTurnTest {
      @Override
      StoreKind stores() {
        return StoreKind.REDIS;
      }
    }

    @Nested
    class Aborted extends AbortedTurnTest {
      @Override
      StoreKind stores() {
        return StoreKind.REDIS;
      }
    }

    @Nested
    class Hedged extends HedgedTurnTest {
      @Override
      StoreKind stores() {
        return StoreKind.REDIS;
      }
    }
  }

  @Nested
  class ThreeMasters {
    @Nested
    class Routed extends RoutedTurnTest {
      @Override
      StoreKind stores() {
        return StoreKind.CLUSTER;
      }
    }

    @Nested
    class Aborted extends AbortedTurnTest {
      @Override
      StoreKind stores() {
        return StoreKind.CLUSTER;
      }
    }

    @Nested
    class Hedged extends HedgedTurnTest {
      @Override
      StoreKind stores() {
        return StoreKind.CLUSTER;
      }
    }
  }
}
