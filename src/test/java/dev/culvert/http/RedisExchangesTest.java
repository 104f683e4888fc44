package dev.culvert.http;

import dev.culvert.provider.lease.StoreKind;
import org.junit.jupiter.api.Nested;

/** Exchanges whose leases are in a real Redis. */
class RedisExchangesTest {

  @Nested
  class OneServer extends ExchangeExitsTest {
    @Override
    StoreKind stores() {
      return StoreKind.REDIS;
    }
  }

  @Nested
  class ThreeMasters extends ExchangeExitsTest {
    @Override
    StoreKind stores() {
      return StoreKind.CLUSTER;
    }
  }
}
