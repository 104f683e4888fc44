package dev.culvert.route;

import dev.culvert.provider.lease.StoreKind;
import org.junit.jupiter.api.Nested;

/** Handshakes whose leases are in a real Redis. */
class RedisHandshakesTest {

  @Nested
  class OneServer extends UpstreamSearchTest {
    @Override
    StoreKind stores() {
      return StoreKind.REDIS;
    }
  }

  @Nested
  class ThreeMasters extends UpstreamSearchTest {
    @Override
    StoreKind stores() {
      return StoreKind.CLUSTER;
    }
  }
}
