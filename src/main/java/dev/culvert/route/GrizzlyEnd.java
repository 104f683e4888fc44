package dev.culvert.route;

import dev.culvert.endpoint.GrizzlySocket;
import jakarta.servlet.http.WebConnection;
import java.util.OptionalLong;

/**
 * The end of a connection of Payara or GlassFish. Grizzly closes it behind what it has queued, and
 * keeps it for as long as the client takes nothing of that.
 */
final class GrizzlyEnd implements ConnectionEnd {

  private final WebConnection connection;
  private final GrizzlySocket socket;
  private final StallWatch watch;

  /**
   * @param watch over a client that is to take what is queued
   */
  GrizzlyEnd(WebConnection connection, GrizzlySocket socket, StallWatch watch) {
    this.connection = connection;
    this.socket = socket;
    this.watch = watch;
  }

  @Override
  public void close(Runnable then) {
    ConnectionEnd.closeQuietly(connection);
    watch.begin(this::queued, socket::terminate);
    socket.whenClosed(
        () -> {
          watch.end();
          then.run();
        });
  }

  @Override
  public void abort(Runnable then) {
    watch.end();
    socket.terminate();
    ConnectionEnd.closeQuietly(connection);
    then.run();
  }

  private OptionalLong queued() {
    return socket.isOpen() ? OptionalLong.of(socket.queued()) : OptionalLong.empty();
  }
}
