package dev.culvert.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * A port that neither takes a connection nor refuses one: its queue is full and nobody accepts, so
 * that whoever comes gets no answer (Linux). One thread.
 */
public final class FullPort implements AutoCloseable {

  private static final int NO_ANSWER_MILLIS = 200;
  private static final int LONGEST_QUEUE = 16;

  private final ServerSocket server;
  private final List<Socket> queue = new ArrayList<>();

  /**
   * Fills one.
   *
   * @param address of loopback, such as {@code 127.0.0.2}
   * @param port 0 = any
   */
  public FullPort(String address, int port) throws IOException {
    server = new ServerSocket(port, 1, InetAddress.getByName(address));
    for (int i = 0; i < LONGEST_QUEUE; i++) {
      Socket next = new Socket();
      queue.add(next);
      try {
        next.connect(
            new InetSocketAddress(server.getInetAddress(), server.getLocalPort()),
            NO_ANSWER_MILLIS);
      } catch (SocketTimeoutException full) {
        return;
      }
    }
    close();
    throw new IllegalStateException("queue: longer than 16 (expected: one or two)");
  }

  /** Its number. */
  public int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    for (Socket each : queue) {
      each.close();
    }
    server.close();
  }
}
