package dev.culvert.provider.lease.redis;

import dev.culvert.provider.lease.HeldLeases;
import dev.culvert.provider.lease.Lease;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** Tells Redis of leases that have ended. The keeper's thread, but for {@link #ended}. */
final class Releases {

  /** More releases at once than the host's book keeps. */
  private static final int ALL = 1_000_000;

  private final RedisLink link;
  private final HeldLeases held;
  private final Unsent unsent;
  private final OutageLog log;

  /**
   * What has ended lately: those before it, of which the host's book has more to say, may have to
   * wait. Any thread adds, after the end in the book; the thread takes, and leaves to the book what
   * it cannot tell.
   */
  private final Queue<Lease> latest = new ConcurrentLinkedQueue<>();

  Releases(RedisLink link, HeldLeases held, Unsent unsent, OutageLog log) {
    this.link = link;
    this.held = held;
    this.unsent = unsent;
    this.log = log;
  }

  /** A lease is not held any more. Any thread. */
  void ended(Lease lease) {
    if (lease.isValid()) {
      latest.add(lease);
    }
  }

  /**
   * Tells it of the latest, and of what it is owed as far as that is not behind many that have to
   * wait.
   */
  void settle() {
    List<Lease> ended = takeLatest(); // first: all these are in the book by then
    int told;
    do {
      List<Lease> oldest = held.owed(RedisLeases.BATCH);
      told = settle(oldest);
      if (oldest.size() < RedisLeases.BATCH) {
        return;
      }
    } while (told > 0);
    held.told(tell(ended));
  }

  /** Tells it all that it is owed, as far as it answers; the rest waits. */
  void settleAll() {
    settle();
    if (link.connection().isPresent()) {
      settle(held.owed(ALL));
    }
  }

  /**
   * The same, where a part of a cluster does not answer: what is owed to it may be so much that a
   * look after that takes a while, and is not for every release.
   */
  void settleAfterFaulty() {
    if (!link.faulty().isEmpty()) {
      settleAll();
    }
  }

  /** Returns the latest, but for those of which Redis has never heard. */
  private List<Lease> takeLatest() {
    List<Lease> never = new ArrayList<>();
    List<Lease> sent = new ArrayList<>();
    for (Lease next = latest.poll(); next != null; next = latest.poll()) {
      (unsent.take(next) ? never : sent).add(next);
    }
    held.told(never);
    return sent;
  }

  /** Returns of how many it was told. */
  private int settle(List<Lease> owed) {
    Set<Lease> told = tell(owed);
    held.told(told);
    owed.stream()
        .filter(lease -> !told.contains(lease))
        .findFirst()
        .ifPresent(waiting -> log.released(waiting, link.fault(waiting.provider())));
    return told.size();
  }

  /** Returns those of which Redis was told. */
  Set<Lease> tell(List<Lease> leases) {
    Set<Lease> told = new HashSet<>();
    leases.stream()
        .collect(Collectors.groupingBy(Lease::provider))
        .forEach(
            (provider, its) -> {
              if (link.tell(provider, open -> open.release(provider, its))) {
                told.addAll(its);
              }
            });
    return told;
  }
}
