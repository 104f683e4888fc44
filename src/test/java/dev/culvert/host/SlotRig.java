package dev.culvert.host;

import dev.culvert.boundary.PoolBoundary;
import dev.culvert.boundary.Sample;
import dev.culvert.host.pool.Pool;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** The part of a host that pools upstream sockets, for one application. */
public final class SlotRig implements AutoCloseable {

  /** The application. */
  public static final String APP = "app";

  private final Deployments deployments = new Deployments();
  private final Ledger ledger = new Ledger();
  private final Beans beans = new Beans();
  private final UpstreamSlots slots;

  /**
   * @param clock in nanoseconds
   */
  public SlotRig(LongSupplier clock) {
    slots = new UpstreamSlots(deployments, ledger, beans, clock);
  }

  /** Begins a deployment of the application. */
  public long deploy() {
    return deployments.begin(APP).id();
  }

  /** Ends one. */
  public void undeploy(long deployment) {
    deployments.end(deployment).ifPresent(slots::undeployed);
  }

  public PoolBoundary slots() {
    return slots;
  }

  /** The application's pool. */
  public Pool pool() {
    return slots.pool(APP).pool();
  }

  /** The application's metrics. */
  public List<Sample> samples() {
    return Stream.concat(ledger.samples(APP).stream(), slots.samples(APP).stream()).toList();
  }

  @Override
  public void close() {
    beans.unregisterAll();
    slots.close();
  }
}
