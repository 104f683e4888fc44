package dev.culvert.host.upstream;

import dev.culvert.host.loop.HostThreads;
import dev.culvert.host.pool.Dialer;
import dev.culvert.host.pool.SocketEvents;
import dev.culvert.host.pool.Target;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.glassfish.tyrus.client.ClientManager;

/**
 * Opens upstream WebSockets with Tyrus. A dial holds a thread of the host until the upstream has
 * answered; above {@value #MAX_DIALS} at once they queue, within their time-out.
 */
public final class TyrusDialer implements Dialer, AutoCloseable {

  private static final long IDLE_SECONDS = 5;
  private static final int MAX_DIALS = 64;

  /** Room for the header, in the buffer that holds a frame. */
  private static final int FRAME_HEADER = 14;

  private final ClientManager client;
  private final int maxMessage;

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

  private TyrusDialer(ClientManager client, int maxMessage) {
    this.client = client;
    this.maxMessage = maxMessage;
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
    FutureTask<TyrusDialer> task =
        new FutureTask<>(
            () -> new TyrusDialer(TyrusClient.create(maxMessage + FRAME_HEADER), maxMessage));
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
    dials.execute(dial);
    return dial;
  }

  /** Opens nothing any more; sockets stay open. */
  @Override
  public void close() {
    dials.shutdown();
    timer.shutdown();
  }
}
