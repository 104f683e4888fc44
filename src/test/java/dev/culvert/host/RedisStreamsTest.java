package dev.culvert.host;

import dev.culvert.provider.lease.StoreKind;
import org.junit.jupiter.api.Nested;

/** Streams whose leases are in a real Redis. */
class RedisStreamsTest {

  @Nested
  class OneServer extends StreamExitsTest {
    @Override
    StoreKind stores() {
      return StoreKind.REDIS;
    }
  }

  @Nested
  class ThreeMasters extends StreamExitsTest {
    @Override
    StoreKind stores() {
      return StoreKind.CLUSTER;
    }
  }
}
