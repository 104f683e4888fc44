package dev.culvert.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** A contestant that is a program. */
final class Server implements Running {

  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Child child;
  private final Listener listener;
  private final boolean java;

  private Server(Child child, Listener listener, boolean java) {
    this.child = child;
    this.listener = listener;
    this.java = java;
  }

  /** Returns a port of loopback that was free just now. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /**
   * Waits until a program that was started is ready, and closes it when it never is.
   *
   * @param java whether it is a JVM
   */
  static Server awaitReady(Child child, Listener listener, Readiness readiness, boolean java)
      throws IOException {
    try {
      long end = System.nanoTime() + START.toNanos();
      while (!isReady(listener, readiness)) {
        if (System.nanoTime() - end > 0) {
          throw new IOException(listener + ": not ready within " + START + child.tail());
        }
        child.stayAlive(PAUSE);
      }
      return new Server(child, listener, java);
    } catch (IOException | RuntimeException e) {
      child.close();
      throw e;
    }
  }

  private static boolean isReady(Listener listener, Readiness readiness) {
    try {
      readiness.check(listener);
      return true;
    } catch (IOException e) {
      // It is starting: nobody listens yet, or somebody answers 404.
      return false;
    }
  }

  @Override
  public Listener listener() {
    return listener;
  }

  @Override
  public List<Long> pids() {
    return child.pids();
  }

  @Override
  public void stayAlive(Duration time) {
    child.stayAlive(time);
  }

  @Override
  public OptionalLong collect() {
    return java ? OptionalLong.of(JavaHeap.collect(child.process().pid())) : OptionalLong.empty();
  }

  @Override
  public void close() {
    child.close();
  }
}
