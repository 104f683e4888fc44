package dev.culvert.host.upstream;

import dev.culvert.host.pool.DialBacklogException;
import dev.culvert.host.pool.Dialer;
import dev.culvert.host.pool.SocketEvents;
import dev.culvert.host.pool.Target;
import dev.culvert.host.pool.UpgradeRefusedException;
import dev.culvert.host.pool.UpstreamSocket;
import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.glassfish.tyrus.client.ClientManager;
import org.glassfish.tyrus.container.jdk.client.DirectContainer;

/**
 * One attempt to open a socket. {@link #to} holds a thread until the upstream has answered; the
 * attempt ends with a socket, a status, a fault, the time-out or a cancellation, whichever is
 * first, and what comes later is closed.
 */
final class UpstreamDial implements Dialer.Dialing, DirectContainer.Watch {

  private static final Logger LOG = System.getLogger("dev.culvert.pool");
  private static final int SWITCHING_PROTOCOLS = 101;

  /** In nanoseconds: enough for a handshake of TLS with somebody far away. */
  private static final long LEAST_SHARE = TimeUnit.SECONDS.toNanos(2);

  private final ClientManager client;
  private final Target target;
  private final int maxMessage;
  private final ScheduledExecutorService timer;
  private final SocketEvents events;
  private final CompletableFuture<UpstreamSocket> socket = new CompletableFuture<>();

  private volatile Map<String, List<String>> headers = Map.of();

  /** When all of it must be over; set before it begins. */
  private volatile long deadline;

  /** Whether a thread has taken it up. */
  private volatile boolean begun;

  // Guarded by this.
  private Runnable cut = () -> {};
  private boolean givenUp;

  /** The address that is tried, by its number. */
  private int current;

  /** Whether that one has a connection, and the request goes out. */
  private boolean requested;

  UpstreamDial(
      ClientManager client,
      Target target,
      int maxMessage,
      ScheduledExecutorService timer,
      SocketEvents events) {
    this.client = client;
    this.target = target;
    this.maxMessage = maxMessage;
    this.timer = timer;
    this.events = events;
  }

  /** Bounds the attempt, from now on. */
  void expireAfter(Duration limit) {
    deadline = System.nanoTime() + limit.toNanos();
    Future<?> expiry =
        timer.schedule(
            () -> giveUp(late("open-timeout: " + limit + " passed")),
            limit.toNanos(),
            TimeUnit.NANOSECONDS);
    CompletableFuture<?> unused = socket.whenComplete((opened, fault) -> expiry.cancel(false));
  }

  private IOException late(String detail) {
    return begun
        ? new IOException(detour() + detail)
        : new DialBacklogException("dials: all threads busy, " + detail);
  }

  /**
   * Asks one address after the other until one answers, and waits until the attempt has ended. Each
   * but the last has its share of the time to be connected, and no less than {@link #LEAST_SHARE}.
   */
  void to(List<InetSocketAddress> addresses) {
    begun = true;
    int last = addresses.size() - 1;
    for (int i = 0; i <= last && !isDone(); i++) {
      int number = i;
      synchronized (this) {
        current = number;
        requested = false;
      }
      long share = (deadline - System.nanoTime()) / (last - i + 1);
      Future<?> impatience =
          timer.schedule(
              () -> passOver(number, last), Math.max(share, LEAST_SHARE), TimeUnit.NANOSECONDS);
      try {
        connect(addresses.get(i));
        return;
      } catch (DeploymentException | IOException | RuntimeException e) {
        if (i == last) {
          fail(rootMessage(e), e);
          return;
        }
        LOG.log(Level.DEBUG, "{0}: {1}; the next address follows", target, rootMessage(e));
      } finally {
        impatience.cancel(false);
      }
    }
  }

  /** Ends the attempt at an address that takes no connection, unless it is the last one. */
  private void passOver(int number, int last) {
    Runnable cutter;
    synchronized (this) {
      if (number != current || number == last || requested) {
        return;
      }
      cutter = cut;
    }
    cutter.run();
  }

  private void connect(InetSocketAddress address) throws DeploymentException, IOException {
    ClientEndpointConfig config =
        ClientEndpointConfig.Builder.create()
            .configurator(new HeaderConfigurator(target.headers()))
            .build();
    config.getUserProperties().put(DirectContainer.WATCH, this);
    config.getUserProperties().put(DirectContainer.ADDRESS, address);
    if (target.uri().getScheme().equals("wss")) {
      config.getUserProperties().put(DirectContainer.TLS, TlsEngines.of(target));
    }
    target
        .proxy()
        .map(proxy -> UpstreamTunnel.of(target, proxy))
        .ifPresent(tunnel -> config.getUserProperties().put(DirectContainer.TUNNEL, tunnel));
    // The session is the endpoint's, which is told of it before this returns.
    Session unused = client.connectToServer(new SocketEndpoint(this, events), config, target.uri());
  }

  /** Nobody can be connected to. */
  void fail(String detail, Throwable cause) {
    socket.completeExceptionally(new IOException(detour() + detail, cause));
  }

  /** Whether the attempt has ended. */
  boolean isDone() {
    return socket.isDone();
  }

  /** Which proxy is in between, for the log. */
  private String detour() {
    return target.proxy().map(proxy -> "through proxy " + proxy.address() + ": ").orElse("");
  }

  private static String rootMessage(Throwable fault) {
    Throwable root = fault;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getClass().getSimpleName() + ": " + root.getMessage();
  }

  @Override
  public void begun(Runnable cutter) {
    boolean late;
    synchronized (this) {
      cut = cutter;
      late = givenUp;
    }
    if (late) {
      cutter.run();
    }
  }

  @Override
  public synchronized void requested() {
    requested = true;
  }

  @Override
  public void answered(int status, Map<String, List<String>> answerHeaders) {
    headers = answerHeaders;
    if (status != SWITCHING_PROTOCOLS) {
      socket.completeExceptionally(new UpgradeRefusedException(status, answerHeaders));
    }
  }

  /** The WebSocket is open. Called by the endpoint, before anything is read. */
  TyrusSocket opened(Session session) {
    return new TyrusSocket(session, headers, this::cut, timer);
  }

  /** Hands the socket over; one that nobody waits for is closed. */
  void handOver(TyrusSocket opened) {
    if (!socket.complete(opened)) {
      opened.close(1000, "not wanted");
    }
  }

  int maxMessage() {
    return maxMessage;
  }

  @Override
  public CompletableFuture<UpstreamSocket> socket() {
    return socket;
  }

  @Override
  public void cancel() {
    giveUp(new IOException("dial: cancelled"));
  }

  private void giveUp(IOException why) {
    if (socket.completeExceptionally(why)) {
      synchronized (this) {
        givenUp = true;
      }
      cut();
    }
  }

  private void cut() {
    Runnable cutter;
    synchronized (this) {
      cutter = cut;
    }
    cutter.run();
  }
}
