package dev.culvert.route;

import dev.culvert.endpoint.GrizzlySocket;
import jakarta.servlet.http.WebConnection;

/**
 * The end of a connection of Payara or GlassFish. Grizzly closes it after what it has queued, and
 * keeps it for as long as the client takes nothing of that.
 */
final class GrizzlyEnd implements ConnectionEnd {

  private final WebConnection connection;
  private final GrizzlySocket socket;
  private final IdleWatch watch;

  GrizzlyEnd(WebConnection connection, GrizzlySocket socket, StallLimit stall) {
    this.connection = connection;
    this.socket = socket;
    this.watch = stall.watch(socket::queued, socket::terminate);
  }

  @Override
  public void close(Runnable then) {
    ConnectionEnd.closeQuietly(connection);
    watch.begin();
    socket.whenClosed(
        () -> {
          watch.stop();
          then.run();
        });
  }

  @Override
  public void abort(Runnable then) {
    watch.stop();
    socket.terminate();
    ConnectionEnd.closeQuietly(connection);
    then.run();
  }
}
