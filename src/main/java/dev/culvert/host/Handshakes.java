package dev.culvert.host;

import dev.culvert.boundary.DialResult;
import dev.culvert.boundary.DialSpec;
import dev.culvert.boundary.Fields;
import dev.culvert.host.dial.Resolver;
import dev.culvert.host.loop.EventLoops;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** The handshakes under way. Safe for use by any thread. */
final class Handshakes implements AutoCloseable {

  private record Entry(Deployment deployment, Handshake handshake) {}

  private final EventLoops loops;
  private final Executor tlsTasks;
  private final Resolver resolver = new Resolver();
  private final RouteSlots slots;
  private final AtomicLong ids = new AtomicLong();
  private final Map<Long, Entry> entries = new ConcurrentHashMap<>();

  /**
   * @param whenIdle called when the last handshake or stream has ended
   */
  Handshakes(EventLoops loops, Executor tlsTasks, Runnable whenIdle) {
    this.loops = loops;
    this.tlsTasks = tlsTasks;
    this.slots = new RouteSlots(whenIdle);
  }

  CompletableFuture<Map<String, Object>> dial(Deployment deployment, DialSpec spec) {
    Optional<RouteSlots.Slot> slot =
        slots.take(spec.application(), spec.route(), spec.maxStreams());
    if (slot.isEmpty()) {
      String detail = "max-streams: " + spec.maxStreams() + " reached";
      return CompletableFuture.completedFuture(
          Fields.of(
              new DialResult(DialResult.LIMIT, 0, 0, List.of(), new byte[0], false, 0, detail)));
    }
    Handshake handshake = handshake(slot.get(), spec);
    entries.put(handshake.id(), new Entry(deployment, handshake));
    deployment.add(handshake);
    return handshake.start();
  }

  private Handshake handshake(RouteSlots.Slot slot, DialSpec spec) {
    try {
      return new Handshake(
          ids.incrementAndGet(), slot, loops.next(), resolver, tlsTasks, spec, this);
    } catch (RuntimeException | Error e) {
      slot.release();
      throw e;
    }
  }

  void abandon(long id) {
    find(id).ifPresent(Handshake::settle);
  }

  Optional<Handshake> find(long id) {
    return Optional.ofNullable(entries.get(id)).map(Entry::handshake);
  }

  /** The handshake is its deployment's no more. */
  void promised(Handshake handshake) {
    Entry entry = entries.get(handshake.id());
    if (entry != null) {
      entry.deployment().remove(handshake);
    }
  }

  void forget(Handshake handshake) {
    Entry entry = entries.remove(handshake.id());
    if (entry != null) {
      entry.deployment().remove(handshake);
    }
  }

  /** Whether no handshake is under way and no stream that began with one. */
  boolean areIdle() {
    return slots.isIdle();
  }

  /** Number of handshakes under way. */
  int size() {
    return entries.size();
  }

  @Override
  public void close() {
    entries.values().forEach(entry -> entry.handshake().close());
    resolver.close();
  }
}
