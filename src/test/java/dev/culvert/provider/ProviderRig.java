package dev.culvert.provider;

import dev.culvert.provider.lease.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Providers a, b and c for tests of other packages. */
public final class ProviderRig {

  private final Rig rig = new Rig();
  private final List<Attempt> open = new ArrayList<>();

  public Providers providers() {
    return rig.providers;
  }

  /** Has the first of them serve a session, whose attempt goes on. */
  public void serve(String session) {
    Attempt attempt = Rig.attempt(rig.request(session));
    attempt.succeeded();
    open.add(attempt);
  }

  /** The attempt of a session at the first of them. */
  public Attempt attempt(String session) {
    return Rig.attempt(rig.request(session));
  }

  /** Leases that are held now. */
  public Set<Lease> leases() {
    return rig.leases.held();
  }

  /** The store of leases answers nobody any more. */
  public void holdStore() {
    CompletableFuture<Void> unused = rig.leases.hold();
  }
}
