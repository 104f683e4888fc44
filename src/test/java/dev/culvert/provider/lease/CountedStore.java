package dev.culvert.provider.lease;

import java.util.Set;

/** A real store, and a look at what it counts. */
public interface CountedStore extends AutoCloseable {

  /** The store, which has begun. */
  LeaseStore store();

  /** The leases that it has, once it has been told of all that were released so far. */
  Set<Lease> counted();

  /** A heartbeat; returns when the store is done with it. */
  void beat();

  @Override
  void close();
}
