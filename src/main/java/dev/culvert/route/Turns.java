package dev.culvert.route;

import dev.culvert.config.Preset;
import dev.culvert.thread.Ending;
import dev.culvert.thread.WriteGuard;
import dev.culvert.turn.Accounts;
import dev.culvert.turn.EventReader;
import dev.culvert.turn.RequestMemory;
import dev.culvert.turn.UnderWay;
import dev.culvert.turn.Writes;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The turns of a deployment that are under way, and the sockets of clients that ask for turns. Safe
 * for use by any thread.
 */
final class Turns {

  private static final Logger LOG = System.getLogger("dev.culvert.turn");

  /** How long a deployment that ends waits for its turns to end by themselves. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** How long those that were cut off have to tell their clients. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  /** A write that has lasted this long at the cut-off is not waited for. */
  private static final Duration STALLED = Duration.ofMillis(200);

  private final Duration patience;
  private final Duration lastWords;
  private final TurnThreads threads = new TurnThreads();
  private final Writes writes =
      new Writes(
          threads.clock(),
          System::nanoTime,
          new Writes.Scarce(threads::isWorker, TurnThreads.MOST / 2));
  private final RequestMemory memory = RequestMemory.ofHeap();
  private final Accounts accounts = new Accounts(System::nanoTime);
  private final Drain<UnderWay> underWay = new Drain<>();
  private final TurnSockets sockets = new TurnSockets(this);
  private final Map<Preset, EventReader> readers = new ConcurrentHashMap<>();
  private final Ending end =
      new Ending()
          .step("turns under way", this::drain)
          .step("turns' writes", writes::close) // the clock that bounds them stops
          .step("turns' threads", threads::close);

  Turns() {
    this(PATIENCE, LAST_WORDS);
  }

  /**
   * @param patience with turns that are to end by themselves
   * @param lastWords time for those that were cut off
   */
  Turns(Duration patience, Duration lastWords) {
    this.patience = patience;
    this.lastWords = lastWords;
  }

  TurnThreads threads() {
    return threads;
  }

  RequestMemory memory() {
    return memory;
  }

  Accounts accounts() {
    return accounts;
  }

  TurnSockets sockets() {
    return sockets;
  }

  EventReader reader(Preset preset) {
    return readers.computeIfAbsent(preset, EventReader::new);
  }

  /** Bounds the writes to one client, each by this time and all by the end of the deployment. */
  WriteGuard guard(Duration stall) {
    return guard(stall, () -> {});
  }

  /** The same for a client whose connection is ended when one of them has taken too long. */
  WriteGuard guard(Duration stall, Runnable cutOff) {
    return new WriteGuard(writes, stall, cutOff);
  }

  /** Takes something in, unless the deployment ends; it is to be taken out at its end. */
  boolean enter(UnderWay added) {
    return underWay.enter(added);
  }

  void leave(UnderWay left) {
    underWay.leave(left);
  }

  /**
   * Takes no more turns in, waits for those under way and cuts off what is left. A client that
   * takes nothing holds up neither this nor the thread that writes to it.
   */
  void close() {
    end.run();
  }

  private void drain() {
    underWay.end();
    underWay.forEach(UnderWay::refuseNew); // all, before a client learns of the end and asks on
    // Not by this thread: a client may be slow to take the close.
    underWay.forEach(each -> threads.execute(each::drain));
    if (!underWay.awaitIdle(patience)) {
      LOG.log(
          Level.INFO,
          "CULVERT-T003 turns are cut off by the undeployment: {0}",
          Integer.toString(underWay.sum(UnderWay::turns)));
      writes.interrupt(STALLED); // all others may finish, and their clients are told
      // Not by this thread: last words may stall too.
      underWay.forEach(each -> threads.execute(() -> each.cutOff("the deployment has ended")));
      boolean unused = underWay.awaitIdle(lastWords);
    }
  }
}
