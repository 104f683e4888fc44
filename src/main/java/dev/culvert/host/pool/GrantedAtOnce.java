package dev.culvert.host.pool;

import java.util.concurrent.CompletableFuture;

/** A slot on a socket that was there. */
record GrantedAtOnce(Lease lease, CompletableFuture<Acquisition> result) implements Acquiring {

  @Override
  public void cancel() {
    lease.discard();
  }
}
