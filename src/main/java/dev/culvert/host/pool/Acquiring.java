package dev.culvert.host.pool;

import java.util.concurrent.CompletableFuture;

/** A slot that has been asked for. */
public interface Acquiring {

  /** Completes once; exceptionally only with a cancellation. */
  CompletableFuture<Acquisition> result();

  /**
   * Gives up: a dial under way is cancelled, its place under the cap is free at once, and a slot
   * that was just granted is discarded. Idempotent.
   */
  void cancel();
}
