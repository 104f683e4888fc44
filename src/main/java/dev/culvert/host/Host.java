package dev.culvert.host;

import dev.culvert.boundary.DialSpec;
import dev.culvert.boundary.Fields;
import dev.culvert.boundary.HostBoundary;
import dev.culvert.boundary.Joined;
import dev.culvert.boundary.Protocol;
import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.connector.ClientConnection;
import dev.culvert.host.connector.TakeOver;
import dev.culvert.host.dial.UpstreamConnection;
import dev.culvert.host.frame.CloseStatus;
import dev.culvert.host.loop.EventLoops;
import dev.culvert.host.loop.HostThreads;
import dev.culvert.host.relay.Stream;
import dev.culvert.host.relay.StreamEnd;
import dev.culvert.host.relay.StreamListener;
import dev.culvert.host.relay.StreamResult;
import dev.culvert.host.tls.TlsTasks;
import dev.culvert.host.wire.BufferWire;
import dev.culvert.host.wire.Wire;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The host plane's front: everything a deployment or an operator may ask of it. Any thread. */
public final class Host implements HostBoundary {

  static final String STREAMS = "dev.culvert:type=Streams";

  private static final Logger LOG = System.getLogger("dev.culvert.host");
  private static final int NOTIFICATIONS_PER_SECOND = 100;
  private static final String UPSTREAM_GONE = "upstream connection is gone";

  /** On exit: longest wait for answers to our close frames. */
  private static final long EXIT_GRACE_MILLIS = 2_500;

  private final Instant started = Instant.now();
  private final int protocol = Protocol.version();
  private final String version;
  private final String connector;
  private final TakeOver takeOver;
  private final EventLoops loops;
  private final Deployments deployments = new Deployments();
  private final Ledger ledger = new Ledger();
  private final Streams streams = new Streams(deployments, ledger);
  private final TlsTasks tlsTasks;
  private final Handshakes handshakes;
  private final Beans beans = new Beans();
  private final UpstreamSlots slots =
      new UpstreamSlots(deployments, ledger, beans, System::nanoTime);
  private final Bridge bridge;

  /** JMX listeners may block; what they are too slow for is dropped. */
  private final ThreadPoolExecutor notifications =
      new ThreadPoolExecutor(
          0,
          1,
          30,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(1_000),
          task -> HostThreads.create("culvert-notifications", task),
          new ThreadPoolExecutor.DiscardPolicy());

  private final StreamsBean streamsBean;
  private final Thread exitHook = HostThreads.create("culvert-exit", this::serverExits);

  /** Set once, by the newer host's deployment. */
  private volatile boolean draining;

  /** Opened when the last stream of a draining or exiting host ends. */
  private final CountDownLatch exitDone = new CountDownLatch(1);

  private volatile boolean exiting;

  /**
   * @param tlsTasks shared with the connector; the host closes them at its end
   */
  Host(String version, String connector, TakeOver takeOver, TlsTasks tlsTasks, int eventLoops) {
    this.version = version;
    this.connector = connector;
    this.takeOver = takeOver;
    this.loops = new EventLoops("culvert-loop", eventLoops);
    this.tlsTasks = tlsTasks;
    this.handshakes = new Handshakes(loops, tlsTasks);
    this.bridge = new Bridge(this);
    this.streamsBean =
        new StreamsBean(
            this,
            ledger,
            new NotificationRate(NOTIFICATIONS_PER_SECOND, System::nanoTime),
            notifications);
    streams.observe(new StreamLog(() -> exiting));
    streams.observe(streamsBean);
    streams.observe(new LastStream());
  }

  /** Makes the host known to JMX and to deployments, and hooks it to the exit of the JVM. */
  void publish() {
    beans.register(bridge, "dev.culvert:type=Bridge,protocol=" + protocol);
    beans.register(new HostBean(this), "dev.culvert:type=Host");
    beans.register(streamsBean, STREAMS);
    Runtime.getRuntime().addShutdownHook(exitHook);
  }

  /**
   * A newer host takes over: no deployment finds this one any more, and it ends with its last
   * stream. Until then its beans stay, under names of their own.
   */
  void drain() {
    draining = true;
    beans.unregisterAll();
    String suffix = ",draining=" + Long.toString(started.toEpochMilli(), 36);
    beans.register(new HostBean(this), "dev.culvert:type=Host" + suffix);
    beans.register(streamsBean, STREAMS + suffix);
    LOG.log(
        Level.INFO,
        "CULVERT-H010 host drains: protocol={0} streams={1}",
        protocol,
        Integer.toString(ledger.size()));
    endWhenDrained();
  }

  private void endWhenDrained() {
    if (draining && ledger.size() == 0 && deployments.live().isEmpty()) {
      HostThreads.start("culvert-end", this::end);
    }
  }

  private synchronized void end() {
    beans.unregisterAll();
    handshakes.close();
    slots.close();
    tlsTasks.close();
    loops.close();
    notifications.shutdownNow();
    try {
      Runtime.getRuntime().removeShutdownHook(exitHook);
    } catch (IllegalStateException e) {
      LOG.log(Level.DEBUG, "the JVM exits already");
    }
  }

  private void serverExits() {
    exiting = true;
    slots.close();
    int closing =
        streams.close(
            stream -> true,
            StreamResult.SHUTDOWN,
            new CloseStatus(CloseStatus.GOING_AWAY, "server shutdown"));
    try {
      if (closing > 0 && !exitDone.await(EXIT_GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
        LOG.log(Level.DEBUG, "streams left at exit: " + ledger.size());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Notices the end of the last stream, for a host that waits for it. */
  private final class LastStream implements StreamListener {
    @Override
    public void opened(Stream stream) {}

    @Override
    public void ended(Stream stream, StreamEnd end) {
      if (ledger.size() > 0) {
        return;
      }
      if (exiting) {
        exitDone.countDown();
      }
      endWhenDrained();
    }
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
    takeOver.undeployed();
    endWhenDrained();
  }

  private void undeployed(Deployment ended) {
    streams.undeployed(ended);
    slots.undeployed(ended);
  }

  @Override
  public void listen(long deployment, Consumer<String> listener) {
    deployments.get(deployment).listen(listener);
  }

  int reload() {
    int done = 0;
    List<String> faults = new ArrayList<>();
    for (Deployment deployment : deployments.live()) {
      try {
        done += deployment.tell("reload") ? 1 : 0;
      } catch (IllegalArgumentException e) {
        faults.add(deployment.application() + ": " + e.getMessage());
      }
    }
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
    return done;
  }

  @Override
  public String refusal(Object request) {
    String reason = takeOver.refusal(request);
    return reason.isEmpty() ? null : reason;
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
    Handshake handshake = handshake(connection);
    try {
      Deployment deployment = deployments.get(deploymentId);
      String id = streams.nextId();
      takeOver.take(request, response, new Opening(id, deployment, spec, handshake));
      return id;
    } catch (RuntimeException e) {
      handshake.settle();
      throw e;
    }
  }

  @Override
  public Map<String, Object> join(
      long deploymentId, long connection, Map<String, Object> stream, Runnable signal) {
    Map<String, Object> fields = new HashMap<>(stream);
    fields.put("bound", true);
    StreamSpec spec = Fields.to(StreamSpec.class, fields);
    Deployment deployment = deployments.get(deploymentId);
    Handshake handshake = handshake(connection);
    UpstreamConnection upstream =
        handshake.take().orElseThrow(() -> new IllegalStateException(UPSTREAM_GONE));
    BufferWire client = new BufferWire(signal);
    String id = streams.nextId();
    ByteBuffer early = ByteBuffer.allocate(0);
    streams.open(id, deployment, spec, new JoinedClient(client), early, handshake, upstream);
    return Fields.of(new Joined(id, client.channel(), client::endInput, client::fail));
  }

  private Handshake handshake(long connection) {
    return handshakes.find(connection).orElseThrow(() -> new IllegalStateException(UPSTREAM_GONE));
  }

  /** A client that somebody else speaks for; only he can lose it. */
  private record JoinedClient(Wire wire) implements ClientConnection {
    @Override
    public void onClosed(Runnable listener) {}
  }

  /** Joins the two connections once the server has let go of the client's. */
  private final class Opening implements TakeOver.Receiver {
    private final String id;
    private final Deployment deployment;
    private final StreamSpec spec;
    private final Handshake handshake;

    Opening(String id, Deployment deployment, StreamSpec spec, Handshake handshake) {
      this.id = id;
      this.deployment = deployment;
      this.spec = spec;
      this.handshake = handshake;
    }

    @Override
    public void taken(ClientConnection connection, ByteBuffer early) {
      UpstreamConnection upstream = handshake.take().orElse(null);
      if (upstream == null) {
        connection.wire().close();
        lost(UPSTREAM_GONE);
        return;
      }
      streams.open(id, deployment, spec, connection, early, handshake, upstream);
    }

    @Override
    public void lost(String detail) {
      handshake.settle();
      LOG.log(Level.INFO, "CULVERT-H011 stream not opened: id={0} detail={1}", id, detail);
    }
  }

  @Override
  public List<Map<String, Object>> streams() {
    return ledger.live().stream().map(stream -> Fields.of(stream.view())).toList();
  }

  @Override
  public int close(String by, String value, int code, String reason, String result) {
    CloseStatus status = CloseStatus.sendable(code, reason);
    return streams.close(selector(by, value), StreamResult.of(result), status);
  }

  private static Predicate<Stream> selector(String by, String value) {
    return switch (by) {
      case "id" -> stream -> stream.id().equals(value);
      case "upstream" -> stream -> stream.spec().upstream().equals(value);
      case "route" -> stream -> stream.spec().route().equals(value);
      case "user" -> stream -> stream.spec().user().equals(value);
      case "session" -> stream -> stream.spec().session().equals(value);
      case "all" -> stream -> true;
      default ->
          throw new IllegalArgumentException(
              "by: " + by + " (expected: id, upstream, route, user, session or all)");
    };
  }

  @Override
  public void count(long deployment, String name, Map<String, String> tags, long delta) {
    ledger.count(deployments.get(deployment).application(), name, tags, delta);
  }

  @Override
  public List<Map<String, Object>> samples(long deployment) {
    String application = deployments.get(deployment).application();
    return java.util.stream.Stream.concat(
            ledger.samples(application).stream(), slots.samples(application).stream())
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
  public String conversation(long deployment, String principal, String responseId) {
    return slots.conversation(deployment, principal, responseId);
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
    return draining;
  }

  List<String> deployments() {
    return deployments.live().stream().map(Deployment::application).sorted().toList();
  }
}
