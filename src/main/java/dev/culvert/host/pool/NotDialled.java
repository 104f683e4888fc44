package dev.culvert.host.pool;

import java.util.concurrent.CompletableFuture;

/** A dial that could not even begin. */
record NotDialled(CompletableFuture<UpstreamSocket> socket) implements Dialer.Dialing {

  @Override
  public void cancel() {
    // nothing has begun
  }
}
