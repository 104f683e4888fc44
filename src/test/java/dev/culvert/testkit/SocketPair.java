package dev.culvert.testkit;

import java.io.IOException;
import java.net.Socket;

/** Two connections of which each gets what comes over the other one. */
final class SocketPair {

  private SocketPair() {}

  /** Runs a task on a thread that does not keep the JVM. */
  static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Joins them; returns when {@code far} has said all. */
  static void join(String name, Socket near, Socket far) {
    start(name, () -> copy(near, far));
    copy(far, near);
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException broken) {
      close(from);
      close(to);
    }
  }

  static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
