package dev.culvert.host.grizzly;

import org.glassfish.grizzly.CloseListener;
import org.glassfish.grizzly.CloseReason;
import org.glassfish.grizzly.nio.NIOConnection;
import org.glassfish.grizzly.nio.SelectorRunner;

/**
 * The fault for which Grizzly closed a connection. A write to a client that is gone makes one that
 * keeps the classes on the writer's stack, and so the web application; the connection keeps the
 * fault, and the server's thread that began the exchange keeps the connection until its next
 * request, since Grizzly recycles no request whose connection closed while it was suspended.
 */
final class CloseCause {

  /** One for all, so that it can be taken back. */
  @SuppressWarnings("deprecation") // the listener's own type names a deprecated one
  private static final CloseListener<?, ?> ON_CLOSE =
      (closeable, type) -> forgetStack((NIOConnection) closeable);

  private CloseCause() {}

  /** Sees to it that the connection, once closed, does not keep the stack of who closed it. */
  static void detach(NIOConnection connection) {
    connection.removeCloseListener(ON_CLOSE); // from an earlier exchange
    connection.addCloseListener(ON_CLOSE);
  }

  /** Replaces it by the stack of Grizzly's own selector. */
  private static void forgetStack(NIOConnection connection) {
    CloseReason reason = connection.getCloseReason();
    SelectorRunner selector = connection.getSelectorRunner();
    selector
        .getTransport()
        .getSelectorHandler()
        .execute(
            selector,
            () -> {
              for (Throwable e = reason.getCause(); e != null; e = e.getCause()) {
                e.fillInStackTrace();
              }
              return true;
            },
            null);
  }
}
