package dev.culvert.host.upstream;

import dev.culvert.host.dial.Resolver;
import dev.culvert.host.loop.HostThreads;
import dev.culvert.host.pool.Dialer;
import dev.culvert.host.pool.SocketEvents;
import dev.culvert.host.pool.Target;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.glassfish.tyrus.client.ClientManager;

/**
 * Opens upstream WebSockets with Tyrus. A dial whose address is known holds a thread of the host
 * until the upstream has answered; above {@value #MAX_DIALS} at once they queue, within their
 * time-out.
 */
public final class TyrusDialer implements Dialer, AutoCloseable {

  private static final long IDLE_SECONDS = 5;
  static final int MAX_DIALS = 64;

  /** Room for the header, in the buffer that holds a frame. */
  private static final int FRAME_HEADER = 14;

  private final ClientManager client;
  private final int maxMessage;
  private final Resolver resolver;

  private final ThreadPoolExecutor dials =
      new ThreadPoolExecutor(
          MAX_DIALS,
          MAX_DIALS,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          task -> HostThreads.create("culvert-upstream-dial", task));

  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1, task -> HostThreads.create("culvert-upstream-timer", task));

  private TyrusDialer(ClientManager client, int maxMessage, Resolver resolver) {
    this.client = client;
    this.maxMessage = maxMessage;
    this.resolver = resolver;
    dials.allowCoreThreadTimeOut(true);
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
    resolver.resolve(target.firstHop(), new LookUp(dial));
    return dial;
  }

  /** A name whose servers do not answer holds no thread that others need. */
  private final class LookUp implements Resolver.Callback {

    private final UpstreamDial dial;

    LookUp(UpstreamDial dial) {
      this.dial = dial;
    }

    @Override
    public void resolved(List<InetSocketAddress> addresses) {
      try {
        dials.execute(() -> dial.to(addresses.get(0)));
      } catch (RejectedExecutionException e) {
        dial.fail("the host ends", e);
      } catch (OutOfMemoryError e) { // of threads
        dial.fail(e.toString(), e);
      }
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

  /** Opens nothing any more; sockets stay open. */
  @Override
  public void close() {
    dials.shutdown();
    timer.shutdown();
    resolver.close();
  }
}
