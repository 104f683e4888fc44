package dev.culvert.host.dial;

import dev.culvert.host.loop.HostThreads;
import dev.culvert.host.loop.Peer;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An upstream of which the test plays the part, one connection after the other. */
public final class ScriptedServer implements Closeable {

  private final ServerSocket socket;
  private final BlockingQueue<Peer> accepted = new LinkedBlockingQueue<>();

  public ScriptedServer() {
    try {
      socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    HostThreads.start("scripted-server", this::acceptAll);
  }

  private void acceptAll() {
    try {
      while (true) {
        accepted.add(new Peer(socket.accept()));
      }
    } catch (IOException e) {
      accepted.forEach(ScriptedServer::close);
    }
  }

  private static void close(Peer peer) {
    try {
      peer.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String address() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  /** The next connection. */
  public Peer accept() throws InterruptedException {
    Peer peer = accepted.poll(10, TimeUnit.SECONDS);
    if (peer == null) {
      throw new AssertionError("nobody connects to " + address());
    }
    return peer;
  }

  /** Whether a connection came that the test has not accepted. */
  public boolean hasCallers() {
    return !accepted.isEmpty();
  }

  /** An address to which nobody listens. */
  public static String refused() throws IOException {
    try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "127.0.0.1:" + unused.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
