package org.glassfish.tyrus.container.jdk.client;

import jakarta.websocket.DeploymentException;
import java.io.EOFException;
import java.io.IOException;
import java.util.Map;
import org.glassfish.tyrus.core.CloseReasons;
import org.glassfish.tyrus.spi.Connection;
import org.glassfish.tyrus.spi.UpgradeRequest;

/** The topmost filter of a connection: tells faults, also early ones, and cuts. */
final class UpgradeFilter extends ClientFilter {

  private final TransportFilter transport;
  private final WatchedEngine engine;
  private final Thread opener = Thread.currentThread();

  /** Written by the opener, and of interest to it alone. */
  private boolean hasTransport;

  UpgradeFilter(
      Filter downstream,
      TransportFilter transport,
      WatchedEngine engine,
      Map<String, Object> properties,
      UpgradeRequest request)
      throws DeploymentException {
    super(downstream, engine, properties, UpgradeFilter::noSecondRequest, request);
    this.transport = transport;
    this.engine = engine;
  }

  /** From now on there is something to be closed. */
  void connectReturned() {
    hasTransport = true;
  }

  /** Ends the attempt or the connection at once. */
  void cut() {
    engine.processError(new IOException("connection: cut (expected: answered)"));
    closeTransport();
  }

  @Override
  public void processConnect() {
    engine.requested();
    super.processConnect();
  }

  @Override
  public void processConnectionClosed() {
    if (engine.connection() == null) {
      engine.processError(new EOFException("connection: ended (expected: a response)"));
    }
    super.processConnectionClosed();
  }

  @Override
  void processError(Throwable fault) {
    engine.processError(fault);
    Connection connection = engine.connection();
    if (connection != null) {
      connection.close(CloseReasons.CLOSED_ABNORMALLY.getCloseReason());
    }
    closeTransport();
  }

  /** A fault below {@code connect} means that no channel could be opened. */
  private void closeTransport() {
    if (hasTransport || Thread.currentThread() != opener) {
      transport.close();
    }
  }

  private static Void noSecondRequest() {
    throw new IllegalStateException("second request: not wanted");
  }
}
