package dev.culvert.provider.lease;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ids that no deployment on any node makes again, without asking for random numbers each time. Any
 * thread.
 */
public final class UniqueIds {

  /** Tells this deployment's from all others. */
  private static final String ORIGIN = UUID.randomUUID() + "-";

  private static final AtomicLong COUNT = new AtomicLong();

  private UniqueIds() {}

  /** One that was not there before; stores take it ({@link Lease#isId}). */
  public static String next() {
    return ORIGIN + COUNT.incrementAndGet();
  }
}
