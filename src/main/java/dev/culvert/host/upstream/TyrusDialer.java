package dev.culvert.host.upstream;

import dev.culvert.host.dial.Resolver;
import dev.culvert.host.loop.HostThreads;
import dev.culvert.host.pool.Dialer;
import dev.culvert.host.pool.SocketEvents;
import dev.culvert.host.pool.Target;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.glassfish.tyrus.client.ClientManager;

/**
 * Opens upstream WebSockets with Tyrus. A dial whose address is known holds a {@link DialThreads
 * thread} of the host until the upstream has answered, or waits for one, within its time-out.
 */
public final class TyrusDialer implements Dialer, AutoCloseable {

  private static final Logger LOG = System.getLogger("dev.culvert.host");

  /** Room for the header, in the buffer that holds a frame. */
  private static final int FRAME_HEADER = 14;

  private final ClientManager client;
  private final int maxMessage;
  private final Resolver resolver;

  private final DialThreads dials = new DialThreads();

  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1, task -> HostThreads.create("culvert-upstream-timer", task));

  private TyrusDialer(ClientManager client, int maxMessage, Resolver resolver) {
    this.client = client;
    this.maxMessage = maxMessage;
    this.resolver = resolver;
    timer.setRemoveOnCancelPolicy(true);
  }

  /**
   * Makes a dialer, on a thread of the host, whoever calls.
   *
   * @param maxMessage largest message of an upstream that is taken, in bytes
   * @throws IllegalStateException when Tyrus cannot be set up
   */
  public static TyrusDialer create(int maxMessage) {
    return create(maxMessage, new Resolver());
  }

  /**
   * @param resolver closed with the dialer
   */
  static TyrusDialer create(int maxMessage, Resolver resolver) {
    FutureTask<TyrusDialer> task =
        new FutureTask<>(
            () ->
                new TyrusDialer(
                    TyrusClient.create(maxMessage + FRAME_HEADER), maxMessage, resolver));
    HostThreads.start("culvert-upstream-start", task);
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while Tyrus started", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("Tyrus did not start", e.getCause());
    }
  }

  /**
   * Begins to open a socket.
   *
   * @throws IllegalArgumentException when the target cannot be sent as it is
   */
  @Override
  public Dialing dial(Target target, Duration timeout, SocketEvents events) {
    Targets.check(target);
    UpstreamDial dial = new UpstreamDial(client, target, maxMessage, timer, events);
    dial.expireAfter(timeout);
    String hop = target.firstHop();
    resolver.resolve(hop, new LookUp(dial, hop));
    return dial;
  }

  /** A name whose servers do not answer holds no thread that others need. */
  private final class LookUp implements Resolver.Callback {

    private final UpstreamDial dial;
    private final String hop;

    LookUp(UpstreamDial dial, String hop) {
      this.dial = dial;
      this.hop = hop;
    }

    @Override
    public void resolved(List<InetSocketAddress> addresses) {
      dials.execute(hop, new Connecting(dial, addresses));
    }

    @Override
    public void failed(String detail) {
      dial.fail(detail, null);
    }

    @Override
    public boolean isWanted() {
      return !dial.isDone();
    }
  }

  private record Connecting(UpstreamDial dial, List<InetSocketAddress> addresses)
      implements DialThreads.Dial {

    @Override
    public void run() {
      dial.to(addresses);
    }

    @Override
    public void fail(String detail, Throwable cause) {
      dial.fail(detail, cause);
    }
  }

  /**
   * Closes it, the last dialer of this copy of Tyrus: no thread stays once all sockets are gone.
   */
  public void end() {
    close();
    try {
      TyrusTransport.end();
    } catch (ReflectiveOperationException e) {
      LOG.log(Level.DEBUG, "threads of Tyrus stay", e);
    }
  }

  /** Opens nothing any more; sockets stay open. */
  @Override
  public void close() {
    dials.close();
    timer.shutdown();
    resolver.close();
  }
}
