package dev.culvert.sim;

import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The upstream, on loopback. A connection belongs to one of its backends, chosen by a hash of the
 * connection; each backend has a prompt cache of its own. A connection keeps its newest response
 * only, and takes no turn beyond its age limit. Tests script faults and look at what arrived. All
 * methods may be called from any thread.
 */
public final class SimulatedUpstream implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger("dev.culvert.sim");
  private static final long WAIT_SECONDS = 30;

  /**
   * How it behaves.
   *
   * @param backends at least 1
   * @param connectionLimit age beyond which a connection takes no turn, above zero
   * @param clock nanoseconds, for that age
   */
  public record Settings(int backends, Duration connectionLimit, LongSupplier clock) {

    /** One backend and the limit that the real one has. */
    public static final Settings PLAIN = new Settings(1, Duration.ofMinutes(60), System::nanoTime);

    /** The same with so many backends. */
    public Settings withBackends(int count) {
      return new Settings(count, connectionLimit, clock);
    }
  }

  private final Settings settings;
  private final ServerSocket server;
  private final List<Backend> backends;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Map<Long, SimConnection> connections = new ConcurrentHashMap<>();
  private final Map<Long, Integer> closeCodes = new ConcurrentHashMap<>();
  private final AtomicLong accepted = new AtomicLong();
  private final Queue<Script> scripts = new ConcurrentLinkedQueue<>();
  private final Queue<String> refusals = new ConcurrentLinkedQueue<>();
  private final Queue<SimRequest> requests = new ConcurrentLinkedQueue<>();
  private volatile CountDownLatch upgradeGate = new CountDownLatch(0);
  private volatile List<String> upgradeFields = List.of();

  // Guarded by this.
  private CacheTotals cache = new CacheTotals(0, 0);
  private final Set<String> conversations = new HashSet<>();

  private SimulatedUpstream(Settings settings) throws IOException {
    this.settings = settings;
    this.server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    this.backends = Stream.generate(Backend::new).limit(settings.backends()).toList();
    daemon("simulated-upstream-" + port(), this::accept);
  }

  /** Starts one on a free port. */
  public static SimulatedUpstream start() throws IOException {
    return start(Settings.PLAIN);
  }

  /** Starts one on a free port. */
  public static SimulatedUpstream start(Settings settings) throws IOException {
    return new SimulatedUpstream(settings);
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return server.getLocalPort();
  }

  /** Address of its turns. */
  public URI uri() {
    return URI.create("ws://127.0.0.1:" + port() + "/v1/responses");
  }

  /** How the next turns are answered, one script each; after them every turn is answered right. */
  public void script(Script... next) {
    scripts.addAll(Arrays.asList(next));
  }

  /**
   * Refuses the next upgrade that no earlier call refuses.
   *
   * @param fields header lines, {@code name: value}
   */
  public void refuse(int status, String... fields) {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Refused\r\n");
    for (String field : fields) {
      head.append(field).append("\r\n");
    }
    refusals.add(head + "Content-Length: 0\r\nConnection: close\r\n\r\n");
  }

  /**
   * Lets upgrades wait, from now on and until the returned gate is opened or {@value #WAIT_SECONDS}
   * seconds have passed.
   */
  public CountDownLatch holdUpgrades() {
    CountDownLatch gate = new CountDownLatch(1);
    upgradeGate = gate;
    return gate;
  }

  /** Header lines of every 101 from now on. */
  public void upgradeFields(String... fields) {
    upgradeFields = List.of(fields);
  }

  /** How many TCP connections were ever accepted. */
  public long accepted() {
    return accepted.get();
  }

  /** The open WebSocket connections, the oldest first. */
  public List<SimConnection> connections() {
    Collection<SimConnection> open = connections.values();
    return open.stream().sorted((a, b) -> Long.compare(a.number(), b.number())).toList();
  }

  /** Open TCP connections, those in the handshake included. */
  public int live() {
    return sockets.size();
  }

  /** All turns so far, in the order of their arrival. */
  public List<SimRequest> requests() {
    return new ArrayList<>(requests);
  }

  /** Codes of the close frames that clients have sent, by number of the connection. */
  public Map<Long, Integer> closeCodes() {
    return Map.copyOf(closeCodes);
  }

  /** What the caches have been worth so far. */
  public synchronized CacheTotals cache() {
    return cache;
  }

  /** Closes the listener and every connection. */
  @Override
  public void close() throws IOException {
    upgradeGate.countDown();
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  Script received(SimRequest request) {
    requests.add(request);
    Script next = scripts.poll();
    return next == null ? Script.RIGHT : next;
  }

  synchronized void read(String conversation, Backend.Usage usage) {
    if (!conversations.add(conversation)) {
      cache = cache.plus(usage);
    }
  }

  void closed(long connection, int code) {
    closeCodes.put(connection, code);
  }

  boolean isOverAge(long openedNanos) {
    return settings.clock().getAsLong() - openedNanos > settings.connectionLimit().toNanos();
  }

  void await(CountDownLatch gate) throws IOException {
    try {
      if (!gate.await(WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new InterruptedIOException("gate: shut (expected: opened by the test)");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted at a gate");
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        long number = accepted.incrementAndGet();
        sockets.add(socket);
        daemon("simulated-connection-" + number, () -> serve(socket, number));
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "no more connections: {0}", e.getMessage());
    }
  }

  private void serve(Socket socket, long number) {
    try (socket) {
      Wire wire = Wire.patient(socket);
      RequestHead head = wire.readRequest();
      await(upgradeGate);
      String refusal = refusals.poll();
      if (refusal != null) {
        wire.send(refusal);
        return;
      }
      SimConnection connection =
          new SimConnection(
              this, wire, number, settings.clock().getAsLong(), head, backendOf(number));
      connections.put(number, connection);
      wire.send(Upgrades.switching(head, upgradeFields.toArray(String[]::new)));
      connection.serve();
    } catch (IOException e) {
      // Tests drop connections on purpose.
      LOG.log(Level.DEBUG, "connection {0} ended: {1}", number, e.getMessage());
    } finally {
      connections.remove(number);
      sockets.remove(socket);
    }
  }

  /** Neighbouring numbers land far apart, as source ports do under a balancer's hash. */
  private Backend backendOf(long number) {
    long hash = number * 0x9E3779B97F4A7C15L;
    return backends.get((int) Long.remainderUnsigned(hash >>> 17, backends.size()));
  }

  private static void daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }
}
