package dev.culvert.provider;

import dev.culvert.provider.lease.StoreKind;
import org.junit.jupiter.api.Nested;

/** What holds with leases in memory holds with a real cluster of three masters. */
class ClusterProvidersTest {

  @Nested
  class Exits extends ExitsTest {
    @Override
    StoreKind stores() {
      return StoreKind.CLUSTER;
    }
  }

  @Nested
  class Hedges extends HedgeTest {
    @Override
    StoreKind stores() {
      return StoreKind.CLUSTER;
    }
  }

  @Nested
  class FailureClasses extends FailureClassesTest {
    @Override
    StoreKind stores() {
      return StoreKind.CLUSTER;
    }
  }

  @Nested
  class Selections extends SelectionTest {
    @Override
    StoreKind stores() {
      return StoreKind.CLUSTER;
    }
  }
}
