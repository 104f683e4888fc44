package dev.culvert.demo;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/**
 * A WebSocket upstream on loopback that shows life: on each stream it counts, {@code stream 3 tick
 * 17}, and echoes what the client sends. A count that goes on is the same stream; a new one begins
 * at 1. Safe for use by any thread.
 */
final class DemoUpstream implements AutoCloseable {

  private final ServerSocket server;
  private final Duration interval;

  private DemoUpstream(ServerSocket server, Duration interval) {
    this.server = server;
    this.interval = interval;
  }

  /**
   * Starts one on a free port.
   *
   * @param interval between two ticks, at least a millisecond
   */
  static DemoUpstream start(Duration interval) throws IOException {
    ServerSocket server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    DemoUpstream upstream = new DemoUpstream(server, interval);
    daemon(upstream::accept, "demo-upstream").start();
    return upstream;
  }

  /** The port on 127.0.0.1. */
  int port() {
    return server.getLocalPort();
  }

  /** Takes no more streams; those there are end with the JVM or their clients. */
  @Override
  public void close() throws IOException {
    server.close();
  }

  private void accept() {
    try {
      for (long number = 1; ; number++) {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        daemon(new DemoStream(socket, number, interval), "demo-reader").start();
      }
    } catch (IOException e) {
      System.getLogger("dev.culvert.demo").log(Level.DEBUG, "no more streams: {0}", e.getMessage());
    }
  }

  static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
