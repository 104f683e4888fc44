package dev.culvert.host;

import dev.culvert.boundary.DialSpec;
import dev.culvert.boundary.Fields;
import dev.culvert.boundary.HostBoundary;
import dev.culvert.boundary.Protocol;
import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.connector.TakeOver;
import dev.culvert.host.frame.CloseStatus;
import dev.culvert.host.loop.EventLoops;
import dev.culvert.host.relay.StreamResult;
import dev.culvert.host.tls.TlsTasks;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The host plane's front: everything a deployment or an operator may ask of it. Any thread. */
public final class Host implements HostBoundary {

  static final String STREAMS = "dev.culvert:type=Streams";

  private static final Logger LOG = System.getLogger("dev.culvert.host");
  private static final int NOTIFICATIONS_PER_SECOND = 100;

  private final Instant started = Instant.now();
  private final int protocol = Protocol.version();
  private final String version;
  private final String connector;
  private final TakeOver takeOver;
  private final EventLoops loops;
  private final Deployments deployments = new Deployments();
  private final Ledger ledger = new Ledger();
  private final Streams streams = new Streams(deployments, ledger, System::nanoTime);
  private final TlsTasks tlsTasks;
  private final Handshakes handshakes;
  private final Openings openings;
  private final Beans beans = new Beans();
  private final SessionBindings bindings = new SessionBindings();
  private final LeaseBooks leases = new LeaseBooks(deployments, System::nanoTime);
  private final UpstreamSlots slots =
      new UpstreamSlots(deployments, ledger, beans, System::nanoTime);
  private final Bridge bridge;
  private final NotificationThread notifications = new NotificationThread();
  private final StreamsBean streamsBean;
  private final HostEnd end;

  /**
   * @param tlsTasks shared with the connector; the host closes them at its end
   */
  Host(String version, String connector, TakeOver takeOver, TlsTasks tlsTasks, int eventLoops) {
    this.version = version;
    this.connector = connector;
    this.takeOver = takeOver;
    this.loops = new EventLoops("culvert-loop", eventLoops);
    this.tlsTasks = tlsTasks;
    this.end = new HostEnd(streams, ledger, this::isIdle, slots::close, this::release);
    this.handshakes = new Handshakes(loops, tlsTasks, end::endWhenDrained);
    this.openings = new Openings(deployments, handshakes, takeOver, streams, leases);
    this.bridge = new Bridge(this);
    this.streamsBean =
        new StreamsBean(
            this,
            ledger,
            new NotificationRate(NOTIFICATIONS_PER_SECOND, System::nanoTime),
            notifications);
    streams.observe(new StreamLog(end::isExiting));
    streams.observe(streamsBean);
    streams.observe(end);
  }

  /** Makes the host known to JMX and to deployments, and hooks it to the exit of the JVM. */
  void publish() {
    beans.register(bridge, "dev.culvert:type=Bridge,protocol=" + protocol);
    beans.register(HostMXBean.class, new HostBean(this), "dev.culvert:type=Host");
    beans.register(StreamsMXBean.class, streamsBean, STREAMS);
    end.watchExit();
  }

  private boolean isIdle() {
    return deployments.live().isEmpty() && handshakes.areIdle(); // in this order: the former dial
  }

  /**
   * A newer host takes over: no deployment finds this one any more, and it ends with its last
   * stream. Until then its beans stay, under names of their own. Once only.
   */
  void drain() {
    end.drain(this::stepAside);
  }

  private void stepAside() {
    beans.unregisterAll();
    String suffix = ",draining=" + Long.toString(started.toEpochMilli(), 36);
    beans.register(HostMXBean.class, new HostBean(this), "dev.culvert:type=Host" + suffix);
    beans.register(StreamsMXBean.class, streamsBean, STREAMS + suffix);
    LOG.log(
        Level.INFO,
        "CULVERT-H010 host drains: protocol={0} streams={1}",
        protocol,
        Integer.toString(ledger.size()));
  }

  private void release() {
    beans.unregisterAll();
    handshakes.close();
    slots.end();
    tlsTasks.close();
    loops.close();
    notifications.close();
  }

  @Override
  public long deploy(String application) {
    return deployments.begin(application).id();
  }

  @Override
  public void buckets(List<Double> seconds) {
    ledger.bounds(seconds);
  }

  @Override
  public void retain(long deployment, Set<String> addresses) {
    String application = deployments.get(deployment).application();
    deployments.retain(application, addresses);
    streams.retain(application, addresses);
  }

  @Override
  public void undeploy(long deployment) {
    deployments.end(deployment).ifPresent(this::undeployed);
    end.endWhenDrained();
  }

  private void undeployed(Deployment ended) {
    streams.undeployed(ended);
    slots.undeployed(ended);
    leases.undeployed(ended);
    ended.loader().ifPresent(takeOver::undeployed);
  }

  @Override
  public void listen(long deployment, Consumer<String> listener) {
    deployments.get(deployment).listen(listener);
  }

  int reload() {
    return deployments.reload();
  }

  @Override
  public String refusal(Object request) {
    String reason = takeOver.refusal(request);
    return reason.isEmpty() ? null : reason;
  }

  @Override
  public boolean abort(Object request) {
    return takeOver.abort(request);
  }

  @Override
  public void setWriteListener(Object request, boolean flushed, Runnable setting) {
    takeOver.setWriteListener(request, flushed, setting);
  }

  @Override
  public void complete(Object request, Runnable completion) {
    takeOver.complete(request, completion);
  }

  @Override
  public void decline(Object request) {
    takeOver.decline(request);
  }

  @Override
  public CompletableFuture<Map<String, Object>> dial(long deployment, Map<String, Object> dial) {
    return handshakes.dial(deployments.get(deployment), Fields.to(DialSpec.class, dial));
  }

  @Override
  public void abandon(long connection) {
    handshakes.abandon(connection);
  }

  @Override
  public String open(
      long deploymentId,
      Object request,
      Object response,
      long connection,
      Map<String, Object> stream) {
    StreamSpec spec = Fields.to(StreamSpec.class, stream);
    return openings.open(deploymentId, request, response, connection, spec);
  }

  @Override
  public Map<String, Object> join(
      long deploymentId, long connection, Map<String, Object> stream, Runnable signal) {
    Deployment deployment = deployments.get(deploymentId);
    return Fields.of(openings.join(deployment, connection, stream, signal));
  }

  @Override
  public List<Map<String, Object>> streams() {
    return ledger.live().stream().map(stream -> Fields.of(stream.view())).toList();
  }

  @Override
  public int close(String by, String value, int code, String reason, String result) {
    CloseStatus status = CloseStatus.sendable(code, reason);
    return streams.close(by, value, StreamResult.of(result), status);
  }

  @Override
  public void observe(
      long deployment, String name, Map<String, String> tags, double value, List<Double> bounds) {
    ledger.observe(deployments.get(deployment).application(), name, tags, value, bounds);
  }

  @Override
  public void count(long deployment, String name, Map<String, String> tags, long delta) {
    ledger.count(deployments.get(deployment).application(), name, tags, delta);
  }

  @Override
  public List<Map<String, Object>> samples(long deployment) {
    String application = deployments.get(deployment).application();
    return java.util.stream.Stream.of(
            ledger.samples(application), slots.samples(application), leases.samples(application))
        .flatMap(List::stream)
        .map(Fields::of)
        .toList();
  }

  @Override
  public void pool(long deployment, Map<String, Object> settings) {
    slots.pool(deployment, settings);
  }

  @Override
  public long acquire(
      long deployment, Map<String, Object> slot, BiConsumer<String, Object> receiver) {
    return slots.acquire(deployment, slot, receiver);
  }

  @Override
  public boolean send(long slot, String text) {
    return slots.send(slot, text);
  }

  @Override
  public void release(long slot, String responseId) {
    slots.release(slot, responseId);
  }

  @Override
  public void discard(long slot) {
    slots.discard(slot);
  }

  @Override
  public int evict(long deployment, String account) {
    return slots.evict(deployment, account);
  }

  @Override
  public List<Map<String, Object>> sockets(long deployment) {
    return slots.sockets(deployment);
  }

  @Override
  public String salt() {
    return slots.salt();
  }

  @Override
  public Map<String, Object> owner(long deployment, String principal, String responseId) {
    return slots.owner(deployment, principal, responseId);
  }

  @Override
  public void leases(long deployment, Map<String, Object> settings) {
    leases.leases(deployment, settings);
  }

  @Override
  public boolean acquireLease(
      long deployment, String provider, String session, String token, int limit) {
    return leases.acquireLease(deployment, provider, session, token, limit);
  }

  @Override
  public void releaseLease(long deployment, String provider, String session, String token) {
    leases.releaseLease(deployment, provider, session, token);
  }

  @Override
  public int terminateSession(long deployment, String provider, String session) {
    return leases.terminateSession(deployment, provider, session);
  }

  @Override
  public int sessions(long deployment, String provider) {
    return leases.sessions(deployment, provider);
  }

  @Override
  public List<Map<String, Object>> renewLeases(long deployment) {
    return leases.renewLeases(deployment);
  }

  @Override
  public List<Map<String, Object>> owedReleases(String application, int most) {
    return leases.owedReleases(application, most);
  }

  @Override
  public void releasesTold(String application, List<String> tokens) {
    leases.releasesTold(application, tokens);
  }

  @Override
  public String boundUpstream(long deployment, String session) {
    return bindings.find(deployments.get(deployment).application(), session).orElse(null);
  }

  @Override
  public void bindSession(long deployment, String session, String upstream) {
    bindings.bind(deployments.get(deployment).application(), session, upstream);
  }

  @Override
  public void unbindSession(long deployment, String session) {
    bindings.unbind(deployments.get(deployment).application(), session);
  }

  @Override
  public void retainBindings(long deployment, Set<String> upstreams) {
    bindings.retain(deployments.get(deployment).application(), upstreams);
  }

  @Override
  public int liveStreams(long deployment, String upstream) {
    return openings.streams(deployments.get(deployment).application(), upstream);
  }

  int protocol() {
    return protocol;
  }

  String version() {
    return version;
  }

  String connector() {
    return connector;
  }

  Instant started() {
    return started;
  }

  int eventLoops() {
    return loops.size();
  }

  int activeStreams() {
    return ledger.size();
  }

  int handshakes() {
    return handshakes.size();
  }

  boolean isDraining() {
    return end.isDraining();
  }

  List<String> deployments() {
    return deployments.live().stream().map(Deployment::application).sorted().toList();
  }
}
