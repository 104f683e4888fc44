package dev.culvert.route;

import dev.culvert.endpoint.UpgradedRequest;
import jakarta.servlet.http.WebConnection;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;

/**
 * How an upgraded connection is closed without waiting for its client: {@link WebConnection#close}
 * alone does not say what becomes of bytes that the client does not take. Any thread; an abort may
 * follow a close, and then both may tell of the end.
 */
interface ConnectionEnd {

  /**
   * Closes the connection when the client's system has all that was written, or takes too long.
   *
   * @param then run when it is closed
   */
  void close(Runnable then);

  /**
   * Closes the connection at once; what the client has not taken is dropped.
   *
   * @param then run when it is closed
   */
  void abort(Runnable then);

  /**
   * The end of a connection.
   *
   * @param request that was upgraded, where the server keeps it
   * @param stall for a client that is to take what was written
   */
  static ConnectionEnd of(
      WebConnection connection, Optional<UpgradedRequest> request, StallLimit stall) {
    return request
        .flatMap(UpgradedRequest::socket)
        .<ConnectionEnd>map(socket -> new GrizzlyEnd(connection, socket, stall))
        .orElseGet(() -> new ServletEnd(connection, TomcatSocket.of(connection)));
  }

  /** Closes the server's part of it, whose fault is not ours; whether there was none. */
  static boolean closeQuietly(AutoCloseable part) {
    try {
      part.close();
      return true;
    } catch (Exception e) { // as declared by AutoCloseable
      Logger log = System.getLogger("dev.culvert");
      log.log(Level.DEBUG, "connection did not close properly", e);
      return false;
    }
  }

  /** Tomcat's, whose own close drops what is left, and that of servers which are not known. */
  record ServletEnd(WebConnection connection, Optional<TomcatSocket> tomcat)
      implements ConnectionEnd {

    @Override
    public void close(Runnable then) {
      boolean closed = ConnectionEnd.closeQuietly(connection);
      if (!closed && tomcat.isPresent()) {
        // It fails where bytes meet a reset, and then still has to take itself off Tomcat's books.
        ConnectionEnd.closeQuietly(connection);
      }
      tomcat.ifPresent(TomcatSocket::close);
      then.run();
    }

    @Override
    public void abort(Runnable then) {
      close(then);
    }
  }
}
