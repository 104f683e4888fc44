package dev.culvert.provider;

import dev.culvert.config.HedgeRules;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A request that shows nothing in time is tried elsewhere as well: the first runner that brings
 * content wins, and all others are cancelled. What is content, and how a runner runs, is the
 * caller's affair. Any thread; callers' methods are called without a lock.
 *
 * <p>Each runner that is {@link #launch launched} is, later and exactly once, the winner, {@link
 * #failed}, or cancelled.
 *
 * @param <T> a runner, told from others by identity
 */
public final class Hedge<T> {

  /**
   * What the caller does with runners.
   *
   * @param <T> a runner
   */
  public interface Launcher<T> {

    /**
     * Makes an alternative ready to be sent: chooses a provider, takes a lease.
     *
     * @return empty when there is none. A fault counts as none.
     */
    CompletionStage<Optional<T>> prepare();

    /**
     * Sends the request. A runner that cannot be sent reports {@link Hedge#failed}; one whose
     * sending throws is cancelled, and has failed.
     */
    void send(T runner);

    /** Stops a runner, whether it was sent or not, and gives back what it holds. */
    void cancel(T runner);

    /**
     * All runners have failed and no other one is on its way: the caller launches a further one, or
     * ends the request by {@link Hedge#abort}.
     */
    void exhausted();
  }

  /** One runner in the race. Its fields are guarded by the race. */
  private final class Entry {
    private final T runner;
    private final boolean alternative;
    private final Runnable disarm;

    /** Whether {@link Launcher#send} has returned. */
    private boolean sent;

    /** Whether it is to be cancelled as soon as it was sent. */
    private boolean doomed;

    Entry(T runner, boolean alternative) {
      this.runner = runner;
      this.alternative = alternative;
      this.disarm = rules.enabled() ? watch(runner) : () -> {};
    }
  }

  private static final Logger LOG = System.getLogger("dev.culvert.provider");

  private final HedgeRules rules;
  private final Timer timer;
  private final Launcher<T> launcher;
  private final ProviderEvents events;

  // All guarded by this.
  private final IdentityHashMap<T, Entry> running = new IdentityHashMap<>();
  private Optional<T> winner = Optional.empty();
  private boolean aborted;

  /** Alternatives that are being prepared. */
  private int preparing;

  /** Alternatives that have entered the race. */
  private int alternatives;

  /** A race without runners. */
  public Hedge(HedgeRules rules, Timer timer, Launcher<T> launcher, ProviderEvents events) {
    this.rules = rules;
    this.timer = timer;
    this.launcher = launcher;
    this.events = events;
  }

  /**
   * Sends a runner: the first one, or one in the place of those that have failed. Once the race is
   * over it is cancelled instead.
   */
  public void launch(T runner) {
    enter(runner, false);
  }

  private void enter(T runner, boolean alternative) {
    Entry entry;
    synchronized (this) {
      if (alternative) {
        preparing--;
      }
      if (isOver()) {
        entry = null;
      } else {
        entry = new Entry(runner, alternative);
        running.put(runner, entry);
        alternatives += alternative ? 1 : 0;
      }
    }
    if (entry == null) {
      launcher.cancel(runner);
      return;
    }
    try {
      launcher.send(runner);
    } catch (Throwable fault) { // an Error, too, must not keep for good what the runner holds
      launcher.cancel(runner);
      failed(runner);
      throw fault;
    }
    boolean lost;
    synchronized (this) {
      entry.sent = true;
      lost = entry.doomed;
    }
    if (lost) {
      launcher.cancel(runner);
    }
  }

  /** One that cannot be watched goes on, and its silence brings no alternative. */
  private Runnable watch(T runner) {
    try {
      return timer.after(rules.firstByteTimeout(), () -> silent(runner));
    } catch (RuntimeException | Error e) { // as where no thread is to be had
      LOG.log(Level.DEBUG, "an attempt is not hedged", e);
      return () -> {};
    }
  }

  /** A runner has brought nothing for the time that it has. */
  private void silent(T runner) {
    synchronized (this) {
      boolean room = alternatives + preparing < rules.max();
      if (isOver() || !running.containsKey(runner) || !room) {
        return;
      }
      preparing++;
    }
    CompletionStage<Optional<T>> preparation;
    try {
      preparation = launcher.prepare();
    } catch (Throwable e) { // else it would be waited for
      preparation = CompletableFuture.completedFuture(Optional.empty());
    }
    CompletionStage<Void> unused =
        preparation.exceptionally(fault -> Optional.empty()).thenAccept(this::prepared);
  }

  private void prepared(Optional<T> alternative) {
    if (alternative.isPresent()) {
      enter(alternative.get(), true);
      return;
    }
    boolean exhausted;
    synchronized (this) {
      preparing--;
      exhausted = isExhausted();
    }
    if (exhausted) {
      launcher.exhausted();
    }
  }

  /**
   * A runner brings content.
   *
   * @return whether it is the winner, whose content the client gets; of all others it gets none
   */
  public boolean content(T runner) {
    List<T> losers;
    Entry first;
    synchronized (this) {
      if (isOver()) {
        return winner.filter(known -> known == runner).isPresent();
      }
      first = running.remove(runner);
      if (first == null) {
        return false;
      }
      first.disarm.run();
      winner = Optional.of(runner);
      losers = drop();
    }
    losers.forEach(launcher::cancel);
    tell(first.alternative ? "alternative" : "primary");
    return true;
  }

  /** A runner has ended without content. One that is out of the race already is no fault. */
  public void failed(T runner) {
    boolean exhausted;
    synchronized (this) {
      Entry entry = running.remove(runner);
      if (entry == null) {
        return;
      }
      entry.disarm.run();
      exhausted = isExhausted();
    }
    if (exhausted) {
      launcher.exhausted();
    }
  }

  /** Ends the race without a winner: the client is gone, or gets an error. Idempotent. */
  public void abort() {
    List<T> losers;
    boolean failed;
    synchronized (this) {
      if (isOver()) {
        return;
      }
      aborted = true;
      failed = running.isEmpty();
      losers = drop();
    }
    losers.forEach(launcher::cancel);
    tell(failed ? "failed" : "aborted");
  }

  /** Takes all out of the race; returns those to be cancelled here. */
  private List<T> drop() {
    List<T> now = new ArrayList<>();
    for (Entry entry : running.values()) {
      entry.disarm.run();
      if (entry.sent) {
        now.add(entry.runner);
      } else {
        entry.doomed = true; // whoever is sending it cancels it
      }
    }
    running.clear();
    return now;
  }

  private boolean isOver() {
    return aborted || winner.isPresent();
  }

  private boolean isExhausted() {
    return !isOver() && running.isEmpty() && preparing == 0;
  }

  private void tell(String result) {
    boolean hedged;
    synchronized (this) {
      hedged = alternatives > 0;
    }
    if (hedged) {
      events.hedged(result);
    }
  }
}
