package dev.culvert.http;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Clients that are given to nobody any more, up to the end of their threads. A client that nobody
 * uses is told to end, has a while for it, and is cut off then. {@link #tend} waits for none of
 * them, {@link #close} once for all. Safe for use by any thread.
 */
final class RetiredClients implements AutoCloseable {

  /** Who was given a client before it was retired begins his exchange by then. */
  static final Duration GRACE = Duration.ofSeconds(10);

  /** How long a client's threads have to end by themselves. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Logger LOG = System.getLogger("dev.culvert.http");

  // Linked at the beginning: a class loader that has been stopped links no lambda.
  private static final Consumer<SharedClient> INITIATE = SharedClient::initiateShutdown;
  private static final Consumer<SharedClient> CLOSE = SharedClient::close;

  /**
   * A client and since when it is where it is.
   *
   * @param since in nanoseconds
   */
  private record Retired(SharedClient client, long since) {}

  private final LongSupplier clock;

  // Guarded by this. Who takes a client out of a list takes the next step with it.

  /** May be in use. */
  private final List<Retired> leaving = new ArrayList<>();

  /** Are told to end. */
  private final List<Retired> ending = new ArrayList<>();

  private boolean closed;

  /**
   * Has none yet.
   *
   * @param clock in nanoseconds, as {@link System#nanoTime}
   */
  RetiredClients(LongSupplier clock) {
    this.clock = clock;
  }

  /** Takes a client in. Waits for its end only when this is closed already. */
  void add(SharedClient client) {
    boolean late;
    synchronized (this) {
      late = closed;
      if (!late) {
        leaving.add(new Retired(client, clock.getAsLong()));
      }
    }
    client.retire();
    if (late) {
      end(List.of(client)); // nobody else will
    }
  }

  /** Those that may have connections. */
  synchronized List<SharedClient> leaving() {
    return leaving.stream().map(Retired::client).toList();
  }

  /** To be called again and again: ends what nobody uses. */
  void tend() {
    long now = clock.getAsLong();
    List<SharedClient> unused;
    List<SharedClient> overdue;
    synchronized (this) {
      overdue = take(ending, each -> now - each.since() >= PATIENCE.toNanos());
      unused =
          take(
              leaving,
              each ->
                  now - each.since() >= GRACE.toNanos() && !each.client().connections().isInUse());
      unused.forEach(client -> ending.add(new Retired(client, now)));
    }
    forEach(unused, INITIATE);
    forEach(overdue, CLOSE);
  }

  private static List<SharedClient> take(List<Retired> from, Predicate<Retired> due) {
    List<Retired> taken = from.stream().filter(due).toList();
    from.removeAll(taken);
    return taken.stream().map(Retired::client).toList();
  }

  /** Ends all that are left, used or not, and those that come later. */
  @Override
  public void close() {
    List<SharedClient> left = new ArrayList<>();
    synchronized (this) {
      closed = true;
      for (Retired each : leaving) {
        left.add(each.client());
      }
      for (Retired each : ending) {
        left.add(each.client());
      }
      leaving.clear();
      ending.clear();
    }
    end(left);
  }

  /** Side by side: their patience is the same while. */
  private void end(List<SharedClient> clients) {
    forEach(clients, INITIATE);
    long deadline = clock.getAsLong() + PATIENCE.toNanos();
    for (SharedClient client : clients) {
      client.awaitShutdown(deadline - clock.getAsLong());
    }
    forEach(clients, CLOSE);
  }

  /** Whatever becomes of one, the others are to end too. */
  private static void forEach(List<SharedClient> clients, Consumer<SharedClient> step) {
    for (SharedClient client : clients) {
      try {
        step.accept(client);
      } catch (RuntimeException | Error e) {
        LOG.log(Level.WARNING, "CULVERT-W003 a client of the transport does not end", e);
      }
    }
  }
}
