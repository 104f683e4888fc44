package dev.culvert.route;

import dev.culvert.endpoint.GrizzlySocket;
import dev.culvert.provider.Timer;
import jakarta.servlet.http.WebConnection;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The end of a connection of Payara or GlassFish. Grizzly closes it behind what it has queued, and
 * keeps it for as long as the client takes nothing of that.
 */
final class GrizzlyEnd implements ConnectionEnd {

  private static final Duration PAUSE = Duration.ofMillis(20);

  private final WebConnection connection;
  private final GrizzlySocket socket;
  private final Timer timer;
  private final Duration patience;
  private final LongSupplier nanos;

  /**
   * @param patience longest time for a client to take what was written
   * @param nanos as {@link System#nanoTime}
   */
  GrizzlyEnd(
      WebConnection connection,
      GrizzlySocket socket,
      Timer timer,
      Duration patience,
      LongSupplier nanos) {
    this.connection = connection;
    this.socket = socket;
    this.timer = timer;
    this.patience = patience;
    this.nanos = nanos;
  }

  @Override
  public void close(Runnable then) {
    ConnectionEnd.closeQuietly(connection);
    awaitClosed(nanos.getAsLong(), then);
  }

  @Override
  public void abort(Runnable then) {
    socket.terminate();
    ConnectionEnd.closeQuietly(connection);
    then.run();
  }

  private void awaitClosed(long start, Runnable then) {
    if (!socket.isOpen()) {
      then.run();
      return;
    }
    long asked = nanos.getAsLong();
    timer.after(
        PAUSE,
        () -> {
          boolean early = nanos.getAsLong() - asked < PAUSE.toNanos(); // the gateway ends
          boolean late = nanos.getAsLong() - start > patience.toNanos();
          if (early || late) {
            cutOff(then);
          } else {
            awaitClosed(start, then);
          }
        });
  }

  private void cutOff(Runnable then) {
    if (socket.isOpen()) {
      socket.terminate();
    }
    then.run();
  }
}
