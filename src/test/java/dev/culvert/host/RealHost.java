package dev.culvert.host;

import dev.culvert.boundary.HostBoundary;
import dev.culvert.host.connector.NoTakeOver;
import dev.culvert.host.tls.TlsTasks;

/** A host without a connector, for tests of other packages: deployments come and go, it stays. */
public final class RealHost implements AutoCloseable {

  private final Host host = new Host("test", "none", new NoTakeOver(), new TlsTasks(), 1);

  /** What deployments know of it. */
  public HostBoundary boundary() {
    return host;
  }

  /** Ends it; all deployments have ended. */
  @Override
  public void close() {
    host.drain();
  }
}
