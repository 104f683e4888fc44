package dev.culvert.host;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.LeaseBoundary;
import dev.culvert.boundary.LeaseId;
import dev.culvert.boundary.LeaseSpec;
import dev.culvert.boundary.Sample;
import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.lease.LeaseBook;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The books of leases of all applications; they stay while one is undeployed. Any thread. */
final class LeaseBooks implements LeaseBoundary {

  static final String LEASES = "culvert_leases";

  private static final Logger LOG = System.getLogger("dev.culvert.lease");

  private final Deployments deployments;
  private final LongSupplier clock;
  private final Map<String, LeaseBook> books = new ConcurrentHashMap<>();

  /**
   * @param clock in nanoseconds
   */
  LeaseBooks(Deployments deployments, LongSupplier clock) {
    this.deployments = deployments;
    this.clock = clock;
  }

  private LeaseBook bookOf(long deployment) {
    return book(deployments.get(deployment).application());
  }

  private LeaseBook book(String application) {
    return books.computeIfAbsent(application, name -> new LeaseBook(clock, deployments::lives));
  }

  @Override
  public void leases(long deployment, Map<String, Object> settings) {
    LeaseSpec spec = Fields.to(LeaseSpec.class, settings);
    bookOf(deployment).configure(spec.remote(), TimeUnit.MILLISECONDS.toNanos(spec.ttlMillis()));
  }

  @Override
  public boolean acquireLease(long id, String provider, String session, String token, int limit) {
    Deployment deployment = deployments.get(id);
    LeaseBook book = book(deployment.application());
    boolean admitted = book.acquire(id, new LeaseId(provider, session, token), limit);
    if (deployment.hasEnded()) {
      book.end(id);
      return false;
    }
    return admitted;
  }

  @Override
  public void releaseLease(long deployment, String provider, String session, String token) {
    bookOf(deployment).release(new LeaseId(provider, session, token));
  }

  @Override
  public int terminateSession(long deployment, String provider, String session) {
    return bookOf(deployment).terminate(provider, session);
  }

  @Override
  public int sessions(long deployment, String provider) {
    return bookOf(deployment).sessions(provider);
  }

  @Override
  public List<Map<String, Object>> renewLeases(long deployment) {
    LeaseBook book = bookOf(deployment);
    warnOfDropped(book.dropped());
    return fields(book.renew(deployment));
  }

  private static void warnOfDropped(int dropped) {
    if (dropped > 0) {
      LOG.log(
          Level.WARNING,
          "CULVERT-H014 the lease store was not told of ended leases in time; they end there by"
              + " their time to live: {0}",
          dropped);
    }
  }

  @Override
  public List<Map<String, Object>> owedReleases(String application, int most) {
    LeaseBook book = book(application);
    warnOfDropped(book.dropped());
    return fields(book.owed(most));
  }

  @Override
  public void releasesTold(String application, List<String> tokens) {
    book(application).told(tokens);
  }

  private static List<Map<String, Object>> fields(List<LeaseId> leases) {
    return leases.stream().map(Fields::of).toList();
  }

  /** Makes the lease that the specification names, if any, the stream's. */
  void pin(StreamSpec spec) {
    leaseOf(spec).ifPresent(lease -> book(spec.application()).pin(lease));
  }

  /** Ends that lease; a second time it does nothing. */
  void release(StreamSpec spec) {
    leaseOf(spec)
        .filter(lease -> book(spec.application()).release(lease))
        .ifPresent(lease -> tellDeploymentsOf(spec.application()));
  }

  private static Optional<LeaseId> leaseOf(StreamSpec spec) {
    return Optional.ofNullable(spec.lease())
        .filter(token -> !token.isEmpty())
        .map(token -> new LeaseId(spec.upstream(), spec.leaseSession(), token));
  }

  private void tellDeploymentsOf(String application) {
    deployments.live().stream()
        .filter(deployment -> deployment.application().equals(application))
        .forEach(LeaseBooks::tell);
  }

  /** What a gateway does wrong harms no stream. */
  private static void tell(Deployment deployment) {
    try {
      deployment.tell("leases");
    } catch (RuntimeException | Error e) {
      LOG.log(Level.DEBUG, "gateway not told of an ended lease", e);
    }
  }

  /** Ends the leases that a deployment still has. */
  void undeployed(Deployment deployment) {
    book(deployment.application()).end(deployment.id());
  }

  /** How many leases each provider has. */
  List<Sample> samples(String application) {
    return book(application).totals().entrySet().stream()
        .map(
            provider ->
                new Sample(
                    LEASES,
                    Sample.GAUGE,
                    Map.of("provider", provider.getKey()),
                    provider.getValue(),
                    List.of(),
                    List.of()))
        .toList();
  }
}
