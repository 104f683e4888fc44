package dev.culvert.host;

import dev.culvert.host.frame.CloseStatus;
import dev.culvert.host.loop.HostThreads;
import dev.culvert.host.relay.Stream;
import dev.culvert.host.relay.StreamEnd;
import dev.culvert.host.relay.StreamListener;
import dev.culvert.host.relay.StreamResult;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * How a host ends: once a newer one has taken over, with its last stream; or with the JVM. Any
 * thread.
 */
final class HostEnd implements StreamListener {

  private static final Logger LOG = System.getLogger("dev.culvert.host");

  /** On exit: longest wait for answers to our close frames. */
  private static final long EXIT_GRACE_MILLIS = 2_500;

  private final Streams streams;
  private final Ledger ledger;
  private final BooleanSupplier idle;
  private final Runnable closeSockets;
  private final Runnable release;
  private final Thread exitHook = HostThreads.create("culvert-exit", this::serverExits);

  /** Opened when the last stream of an exiting host ends. */
  private final CountDownLatch exitDone = new CountDownLatch(1);

  /** Set once, by the newer host's deployment. */
  private volatile boolean draining;

  private volatile boolean exiting;

  /** Guarded by this. */
  private boolean ended;

  /**
   * @param idle whether nobody is left who could open a stream
   * @param closeSockets closes what the exit of the JVM would only cut off
   * @param release gives back all that the host holds; called once
   */
  HostEnd(
      Streams streams,
      Ledger ledger,
      BooleanSupplier idle,
      Runnable closeSockets,
      Runnable release) {
    this.streams = streams;
    this.ledger = ledger;
    this.idle = idle;
    this.closeSockets = closeSockets;
    this.release = release;
  }

  /** From now on the exit of the JVM tells the clients of all streams. */
  void watchExit() {
    Runtime.getRuntime().addShutdownHook(exitHook);
  }

  boolean isDraining() {
    return draining;
  }

  boolean isExiting() {
    return exiting;
  }

  /**
   * Lets the host end with its last stream; nothing happens the second time.
   *
   * @param step aside; done before the host may end
   */
  synchronized void drain(Runnable step) {
    if (draining) {
      return;
    }
    step.run();
    draining = true;
    endWhenDrained();
  }

  /**
   * Streams on their way count too, as their clients have been told of success; they are looked at
   * before the ledger, into which they go.
   */
  void endWhenDrained() {
    if (draining && idle.getAsBoolean() && ledger.size() == 0) {
      HostThreads.start("culvert-end", this::end);
    }
  }

  private synchronized void end() {
    if (ended) {
      return;
    }
    ended = true;
    release.run();
    try {
      Runtime.getRuntime().removeShutdownHook(exitHook);
    } catch (IllegalStateException e) {
      LOG.log(Level.DEBUG, "the JVM exits already");
    }
  }

  private void serverExits() {
    exiting = true;
    int closing =
        streams.close(
            stream -> true,
            StreamResult.SHUTDOWN,
            new CloseStatus(CloseStatus.GOING_AWAY, "server shutdown"));
    closeSockets.run();
    try {
      if (closing > 0 && !exitDone.await(EXIT_GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
        LOG.log(Level.DEBUG, "streams left at exit: " + ledger.size());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

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
