package dev.culvert.provider;

import dev.culvert.provider.lease.StoreKind;
import org.junit.jupiter.api.Nested;

/** What holds with leases in memory holds with a real Redis. */
class RedisProvidersTest {

  @Nested
  class Exits extends ExitsTest {
    @Override
    StoreKind stores() {
      return StoreKind.REDIS;
    }
  }

  @Nested
  class Hedges extends HedgeTest {
    @Override
    StoreKind stores() {
      return StoreKind.REDIS;
    }
  }

  @Nested
  class FailureClasses extends FailureClassesTest {
    @Override
    StoreKind stores() {
      return StoreKind.REDIS;
    }
  }

  @Nested
  class Selections extends SelectionTest {
    @Override
    StoreKind stores() {
      return StoreKind.REDIS;
    }
  }
}
