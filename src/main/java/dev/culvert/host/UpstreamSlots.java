package dev.culvert.host;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.PoolBoundary;
import dev.culvert.boundary.PoolSpec;
import dev.culvert.boundary.ProxySpec;
import dev.culvert.boundary.ResponseOwner;
import dev.culvert.boundary.Sample;
import dev.culvert.boundary.SlotSpec;
import dev.culvert.boundary.TlsSpec;
import dev.culvert.host.loop.HostThreads;
import dev.culvert.host.pool.Decision;
import dev.culvert.host.pool.PoolKey;
import dev.culvert.host.pool.Target;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/** The pools of all applications and the slots of their deployments. Any thread. */
final class UpstreamSlots implements PoolBoundary, AutoCloseable {

  private static final Logger LOG = System.getLogger("dev.culvert.pool");

  private final Deployments deployments;
  private final Ledger ledger;
  private final Beans beans;
  private final LongSupplier clock;
  private final LazyDialer dialer = new LazyDialer();
  private final AtomicLong ids = new AtomicLong();
  private final String salt = UUID.randomUUID().toString();
  private final Map<Long, HostSlot> slots = new ConcurrentHashMap<>();

  /** By application; they stay while it is undeployed. */
  private final Map<String, ApplicationPool> pools = new ConcurrentHashMap<>();

  private final ScheduledThreadPoolExecutor housekeeper =
      new ScheduledThreadPoolExecutor(1, task -> HostThreads.create("culvert-pool", task));

  /**
   * @param clock in nanoseconds
   */
  UpstreamSlots(Deployments deployments, Ledger ledger, Beans beans, LongSupplier clock) {
    this.deployments = deployments;
    this.ledger = ledger;
    this.beans = beans;
    this.clock = clock;
  }

  @Override
  public void pool(long deployment, Map<String, Object> settings) {
    String application = deployments.get(deployment).application();
    PoolSpec spec = Fields.to(PoolSpec.class, settings);
    boolean needed = spec.accounts() != null && !spec.accounts().isEmpty();
    if (needed || pools.containsKey(application)) {
      pool(application).configure(spec);
    }
  }

  ApplicationPool pool(String application) {
    return pools.computeIfAbsent(application, this::newPool);
  }

  private ApplicationPool newPool(String application) {
    ApplicationPool created = new ApplicationPool(application, dialer, ledger, clock);
    show(created, application);
    var unused = housekeeper.scheduleWithFixedDelay(created::housekeep, 1, 1, TimeUnit.SECONDS);
    return created;
  }

  /** A draining host may be asked when the name is its successor's already. */
  private void show(ApplicationPool created, String application) {
    try {
      beans.register(PoolMXBean.class, new PoolBean(created.pool()), PoolBean.name(application));
    } catch (IllegalStateException e) {
      LOG.log(Level.DEBUG, "pool of {0} is not shown: {1}", application, e.getMessage());
    }
  }

  @Override
  public long acquire(
      long deploymentId, Map<String, Object> fields, BiConsumer<String, Object> receiver) {
    Deployment deployment = deployments.get(deploymentId);
    SlotSpec spec = Fields.to(SlotSpec.class, fields);
    Target target = target(spec);
    long id = ids.incrementAndGet();
    HostSlot slot = new HostSlot(deployment, receiver, () -> slots.remove(id));
    slots.put(id, slot);
    try {
      ask(pool(deployment.application()), spec, target, slot);
    } catch (Throwable e) { // nobody learns of the slot, so that nobody would end it
      slot.discard();
      throw e;
    }
    if (deployment.hasEnded()) {
      slot.discard();
    }
    return id;
  }

  private static void ask(ApplicationPool owner, SlotSpec spec, Target target, HostSlot slot) {
    PoolKey key =
        new PoolKey(
            spec.principal(),
            spec.url(),
            spec.account(),
            spec.conversation(),
            Objects.requireNonNullElse(spec.lane(), ""), // an older gateway knows no lanes
            spec.variant(),
            spec.upgrade());
    switch (spec.wish()) {
      case SlotSpec.CONTINUATION ->
          slot.acquired(owner.pool().acquireForResponse(key, spec.argument(), slot));
      case SlotSpec.ALONE -> {
        Decision retry = new Decision.RetryAfterStaleReuse(spec.argument());
        slot.await(owner.pool().acquireAlone(key, target, retry, slot));
      }
      default -> slot.await(owner.pool().acquire(key, target, slot));
    }
  }

  private static Target target(SlotSpec spec) {
    Optional<Target.Tls> tls =
        Optional.ofNullable(spec.tls())
            .map(fields -> Fields.to(TlsSpec.class, fields))
            .map(settings -> new Target.Tls(settings.context(), settings.serverName()));
    Optional<Target.Proxy> proxy =
        Optional.ofNullable(spec.proxy())
            .map(fields -> Fields.to(ProxySpec.class, fields))
            .map(through -> new Target.Proxy(through.address(), through.authorization()));
    return new Target(URI.create(spec.url()), spec.headers(), tls, proxy);
  }

  @Override
  public boolean send(long slot, String text) {
    return find(slot).map(open -> open.send(text)).orElse(false);
  }

  @Override
  public void release(long slot, String responseId) {
    find(slot).ifPresent(open -> open.release(responseId));
  }

  @Override
  public void discard(long slot) {
    find(slot).ifPresent(HostSlot::discard);
  }

  private Optional<HostSlot> find(long slot) {
    return Optional.ofNullable(slots.get(slot));
  }

  @Override
  public int evict(long deployment, String account) {
    return Optional.ofNullable(pools.get(deployments.get(deployment).application()))
        .map(owner -> owner.pool().evict(account))
        .orElse(0);
  }

  @Override
  public List<Map<String, Object>> sockets(long deployment) {
    return Optional.ofNullable(pools.get(deployments.get(deployment).application()))
        .map(owner -> owner.pool().sockets())
        .orElse(List.of())
        .stream()
        .map(socket -> Fields.of(PoolBean.info(socket)))
        .toList();
  }

  @Override
  public String salt() {
    return salt;
  }

  @Override
  public Map<String, Object> owner(long deployment, String principal, String responseId) {
    return pool(deployments.get(deployment).application())
        .pool()
        .ownerOf(principal, responseId)
        .map(key -> Fields.of(new ResponseOwner(key.account(), key.conversation(), key.endpoint())))
        .orElse(null);
  }

  /** Ends the slots of a deployment, and the sockets of its application unless they are kept. */
  void undeployed(Deployment deployment) {
    slots.values().stream()
        .filter(slot -> slot.deployment() == deployment)
        .forEach(HostSlot::discard);
    Optional.ofNullable(pools.get(deployment.application())).ifPresent(ApplicationPool::undeployed);
  }

  /** How many sockets each account of an application has, in each state. */
  List<Sample> samples(String application) {
    return Optional.ofNullable(pools.get(application))
        .map(ApplicationPool::samples)
        .orElse(List.of());
  }

  /** Ends all sockets. */
  @Override
  public void close() {
    housekeeper.shutdownNow();
    slots.values().forEach(HostSlot::discard);
    pools.values().forEach(owner -> owner.pool().shutdown());
    dialer.close();
  }

  /** Closes all for good, so that none of the threads of the host stays. */
  void end() {
    close();
    dialer.end();
  }
}
