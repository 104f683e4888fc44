package dev.culvert.it;

import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An upstream for ordinary requests and for tunnels, of which every so many fail in another way; it
 * keeps its connections where nothing fails. An ordinary answer is the request's target; one to a
 * target with {@link #ENDLESS} in it ends with its client.
 */
final class UnsteadyUpstream implements AutoCloseable {

  static final String ENDLESS = "/endless";

  private static final String CLOSING = "Content-Length: 0\r\nConnection: close\r\n\r\n";
  private static final byte[] PIECE = new byte[16 * 1024];

  private final ScriptedUpstream upstream;
  private final int faultEvery;
  private final AtomicInteger requests = new AtomicInteger();

  private UnsteadyUpstream(int faultEvery) throws IOException {
    this.faultEvery = faultEvery;
    this.upstream = ScriptedUpstream.onAccept(this::serve);
  }

  /** Starts one of which one request in so many fails. */
  static UnsteadyUpstream failing(int every) throws IOException {
    return new UnsteadyUpstream(every);
  }

  /** Starts one that does not fail. */
  static UnsteadyUpstream steady() throws IOException {
    return new UnsteadyUpstream(0);
  }

  String url() {
    return upstream.url();
  }

  /** Connections that are open. */
  int live() {
    return upstream.live();
  }

  private void serve(Wire connection) throws IOException {
    boolean goesOn = true;
    while (goesOn) {
      RequestHead request = connection.readRequest();
      int number = requests.getAndIncrement();
      boolean fails = faultEvery > 0 && number % faultEvery == 0;
      goesOn = fails ? fail(number / faultEvery, request, connection) : answer(request, connection);
    }
  }

  private static boolean fail(int number, RequestHead request, Wire connection) throws IOException {
    switch (number % 6) {
      case 0 -> connection.send("HTTP/1.1 503 Busy\r\n" + CLOSING);
      case 1 -> connection.send("HTTP/1.1 429 Too Many\r\nRetry-After: 0\r\n" + CLOSING);
      case 2 -> connection.reset();
      default -> breakOff(request, connection);
    }
    return false;
  }

  /** After the beginning of an answer. */
  private static void breakOff(RequestHead request, Wire connection) throws IOException {
    if (request.first("Upgrade").isPresent()) {
      connection.send(Upgrades.switching(request));
    } else {
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nh");
    }
    connection.reset();
  }

  private static boolean answer(RequestHead request, Wire connection) throws IOException {
    if (request.first("Upgrade").isPresent()) {
      echo(connection.send(Upgrades.switching(request)));
      return false;
    } else if (request.target().contains(ENDLESS)) {
      connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
      sendOn(connection);
      return false;
    }
    String target = request.target();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + target.length() + "\r\n\r\n" + target);
    return true;
  }

  private static void echo(Wire connection) throws IOException {
    while (true) {
      connection.send(connection.read(1));
    }
  }

  private static void sendOn(Wire connection) throws IOException {
    while (true) {
      connection.send(PIECE);
    }
  }

  /** Ends it and all of its connections. */
  @Override
  public void close() throws IOException {
    upstream.close();
  }
}
