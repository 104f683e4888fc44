package org.glassfish.tyrus.container.jdk.client;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.glassfish.tyrus.spi.ClientEngine;
import org.glassfish.tyrus.spi.Connection;
import org.glassfish.tyrus.spi.UpgradeRequest;
import org.glassfish.tyrus.spi.UpgradeResponse;
import org.glassfish.tyrus.spi.Writer;

/**
 * The engine of one connection, with a watch on the response. It is answered or fails, once,
 * whichever thread comes first.
 */
final class WatchedEngine implements ClientEngine {

  private static final int SWITCHING_PROTOCOLS = 101;

  private enum Phase {
    OPENING,
    ANSWERED,
    FAILED
  }

  private final ClientEngine engine;
  private final DirectContainer.Watch watch;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPENING);

  /** Written by the thread that reads the connection. */
  private volatile Connection connection;

  WatchedEngine(ClientEngine engine, DirectContainer.Watch watch) {
    this.engine = engine;
    this.watch = watch;
  }

  @Override
  public UpgradeRequest createUpgradeRequest(TimeoutHandler timeoutHandler) {
    return engine.createUpgradeRequest(timeoutHandler);
  }

  @Override
  public ClientUpgradeInfo processResponse(
      UpgradeResponse response, Writer writer, Connection.CloseListener closeListener) {
    if (!phase.compareAndSet(Phase.OPENING, Phase.ANSWERED)) {
      return new Failed();
    }
    watch.answered(response.getStatus(), headers(response));
    if (response.getStatus() != SWITCHING_PROTOCOLS) {
      engine.processError(new IOException("status: " + response.getStatus() + " (expected: 101)"));
      return new Failed();
    }
    return new Kept(engine.processResponse(response, writer, closeListener));
  }

  /** The request goes out. */
  void requested() {
    watch.requested();
  }

  /** Fails the attempt, unless there is an answer already. */
  @Override
  public void processError(Throwable fault) {
    if (phase.compareAndSet(Phase.OPENING, Phase.FAILED)) {
      engine.processError(fault);
    }
  }

  /** The WebSocket connection, or null while there is none. */
  Connection connection() {
    return connection;
  }

  private static Map<String, List<String>> headers(UpgradeResponse response) {
    Map<String, List<String>> headers = new TreeMap<>();
    response
        .getHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
    return headers;
  }

  private static final class Failed implements ClientUpgradeInfo {
    @Override
    public ClientUpgradeStatus getUpgradeStatus() {
      return ClientUpgradeStatus.UPGRADE_REQUEST_FAILED;
    }

    @Override
    public Connection createConnection() {
      throw new IllegalStateException("upgrade: failed (expected: done)");
    }
  }

  /** Remembers the connection on its way. */
  private final class Kept implements ClientUpgradeInfo {
    private final ClientUpgradeInfo info;

    Kept(ClientUpgradeInfo info) {
      this.info = info;
    }

    @Override
    public ClientUpgradeStatus getUpgradeStatus() {
      return info.getUpgradeStatus();
    }

    @Override
    public Connection createConnection() {
      connection = info.createConnection();
      return connection;
    }
  }
}
