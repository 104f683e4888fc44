package dev.culvert.provider.lease;

import java.util.Collection;
import java.util.concurrent.CompletionStage;

/**
 * Keeps the leases of all providers. Safe for use by any thread; no method but {@link #start},
 * {@link #end} and {@link #close} waits for the network. Dependent stages may run on a thread of
 * the store and must not block it.
 *
 * <p>A lease is the deployment's until it is released, and ends with the deployment. One that is
 * named to the host with a stream ({@code StreamSpec.lease}) is the stream's from then on, and ends
 * with it or when it does not open.
 */
public interface LeaseStore extends AutoCloseable {

  /** Begins to work, after a short wait for a server at most; called once. */
  void start();

  /**
   * Takes a lease. A session that the provider has already is admitted at the limit, too; the same
   * lease taken twice counts once.
   *
   * @param limit sessions that the provider may have; 0 or less = any number, counted all the same
   * @return never completes exceptionally; the lease that was admitted may have another token
   */
  CompletionStage<Admission> acquire(Lease lease, int limit);

  /**
   * Ends a lease; one that has ended or is not known is no fault, and nobody else's lease is
   * touched. A store that cannot be reached is told later.
   */
  void release(Lease lease);

  /**
   * Ends all leases of a session at a provider, whoever holds them.
   *
   * @return how many; never completes exceptionally
   */
  CompletionStage<Integer> terminate(String provider, String session);

  /**
   * Counts the sessions that have leases at a provider.
   *
   * @return -1 when the store is down; never completes exceptionally
   */
  CompletionStage<Integer> sessions(String provider);

  /**
   * Has the leases that this deployment and the streams of its application hold counted for another
   * term. Called more often than every third of the time to live. One that has ended stays ended.
   */
  void heartbeat();

  /** Tells the store, soon, of leases that have ended with their streams. */
  void settle();

  /** Whether the store answers for all providers. */
  boolean up();

  /** Whether sessions are admitted at one of these providers at least, though perhaps uncounted. */
  boolean admits(Collection<String> providers);

  /**
   * Admits nobody any more. Returns when the questions under way have been answered, or after a
   * bounded time; releases are still told. Idempotent.
   */
  void end();

  /** Ends, and tells the store what it has not been told yet, for a bounded time. Idempotent. */
  @Override
  void close();
}
