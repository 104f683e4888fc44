package dev.culvert.route;

import dev.culvert.endpoint.GrizzlySocket;
import dev.culvert.provider.Timer;
import jakarta.servlet.http.WebConnection;
import java.time.Duration;

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

  GrizzlyEnd(WebConnection connection, GrizzlySocket socket, Timer timer, Duration patience) {
    this.connection = connection;
    this.socket = socket;
    this.timer = timer;
    this.patience = patience;
  }

  @Override
  public void close(Runnable then) {
    ConnectionEnd.closeQuietly(connection);
    awaitClosed(System.nanoTime(), then);
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
    long asked = System.nanoTime();
    timer.after(
        PAUSE,
        () -> {
          boolean early = System.nanoTime() - asked < PAUSE.toNanos(); // the gateway ends
          if (early || System.nanoTime() - start > patience.toNanos()) {
            socket.terminate();
          }
          awaitClosed(start, then);
        });
  }
}
