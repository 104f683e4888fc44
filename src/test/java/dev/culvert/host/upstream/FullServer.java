package dev.culvert.host.upstream;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A port whose queue of connections is full, so that a further one gets no answer at all. */
final class FullServer implements AutoCloseable {

  private static final int ENOUGH = 50;
  private static final int AT_ONCE_MILLIS = 200;

  private final ServerSocket server;
  private final List<Socket> queued = new ArrayList<>();

  private FullServer(ServerSocket server) {
    this.server = server;
  }

  static FullServer at(String address, int port) throws IOException {
    FullServer full = new FullServer(new ServerSocket(port, 1, InetAddress.getByName(address)));
    full.fill();
    return full;
  }

  private void fill() throws IOException {
    for (int i = 0; i < ENOUGH; i++) {
      Socket socket = new Socket();
      queued.add(socket);
      try {
        socket.connect(
            new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), AT_ONCE_MILLIS);
      } catch (SocketTimeoutException e) {
        return;
      }
    }
    throw new IOException("port: still takes connections (expected: none)");
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : queued) {
      socket.close();
    }
    server.close();
  }
}
