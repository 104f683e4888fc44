package dev.culvert.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * The port of the demo's server.
 *
 * @param number on 127.0.0.1
 * @param note what the user should know about the choice; empty when there is nothing
 */
record DemoPort(int number, String note) {

  static final int USUAL = 8080;

  /** System property by which the user chooses. */
  static final String PROPERTY = "demo.port";

  /**
   * Finds a port that is free now.
   *
   * @param wanted the user's choice; empty for the usual one or, when that is taken, any other
   * @throws DemoException when the choice is no port or taken
   */
  static DemoPort choose(String wanted) throws DemoException {
    if (wanted.isEmpty()) {
      return isFree(USUAL)
          ? new DemoPort(USUAL, "")
          : new DemoPort(
              anyFree(), "port " + USUAL + " is taken, so another one was chosen; see -Ddemo.port");
    }
    int number = parse(wanted);
    if (!isFree(number)) {
      throw new DemoException(
          "-Ddemo.port="
              + number
              + ": taken on 127.0.0.1 (expected: a free port, or leave it out)");
    }
    return new DemoPort(number, "");
  }

  private static int parse(String wanted) throws DemoException {
    try {
      int number = Integer.parseInt(wanted);
      if (number >= 1 && number <= 65_535) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw notAPort(wanted);
    }
    throw notAPort(wanted);
  }

  private static DemoException notAPort(String wanted) {
    return new DemoException("-Ddemo.port=" + wanted + ": no port (expected: 1 to 65535)");
  }

  private static boolean isFree(int port) {
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return probe.isBound();
    } catch (IOException taken) {
      return false;
    }
  }

  private static int anyFree() throws DemoException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new DemoException("no free port on 127.0.0.1: " + e.getMessage());
    }
  }
}
