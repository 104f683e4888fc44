package dev.culvert.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An upstream on loopback that does what a test says, byte by byte: each connection runs the script
 * on a thread of its own, waits for its peer as long as that takes, and is closed after it. All
 * methods may be called from any thread.
 */
public final class ScriptedUpstream implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(ScriptedUpstream.class.getName());
  private static final long WAIT_SECONDS = 30;

  /** What the upstream does with one connection. */
  public interface Script {
    /**
     * Serves the connection.
     *
     * @throws IOException when the other side goes away; ends this connection only
     */
    void serve(Wire connection) throws IOException;
  }

  /** What the upstream does once it has read the request's head. */
  public interface Answer {
    /** Serves the rest; see {@link Script#serve}. */
    void serve(RequestHead request, Wire connection) throws IOException;
  }

  private final ServerSocket server;
  private final Script script;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final BlockingQueue<RequestHead> requests;

  private ScriptedUpstream(Script script, BlockingQueue<RequestHead> requests) throws IOException {
    this.server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
    this.script = script;
    this.requests = requests;
    daemon("scripted-upstream-" + server.getLocalPort(), this::accept);
  }

  /** Starts one that has the connections as they are accepted. */
  public static ScriptedUpstream onAccept(Script script) throws IOException {
    return new ScriptedUpstream(script, new LinkedBlockingQueue<>());
  }

  /** Starts one that reads each request's head first and keeps it for {@link #nextRequest}. */
  public static ScriptedUpstream onRequest(Answer answer) throws IOException {
    BlockingQueue<RequestHead> requests = new LinkedBlockingQueue<>();
    Script script =
        connection -> {
          RequestHead request = connection.readRequest();
          requests.add(request);
          answer.serve(request, connection);
        };
    return new ScriptedUpstream(script, requests);
  }

  /** Starts one that says nothing and stays until its peer goes. */
  public static ScriptedUpstream silent() throws IOException {
    return onRequest((request, connection) -> connection.readToEnd());
  }

  /** Starts one that reads each request's head and sends this text. */
  public static ScriptedUpstream answering(String response) throws IOException {
    return onRequest((request, connection) -> connection.send(response));
  }

  /** Returns a 200 with this body, one byte a character, after which the connection ends. */
  public static String ok(String body) {
    return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  /** Returns its address as a configuration names it: {@code http://127.0.0.1:<port>}. */
  public String url() {
    return "http://" + authority();
  }

  /** Returns {@code 127.0.0.1:<port>}. */
  public String authority() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /** Returns how many connections were ever accepted. */
  public int accepted() {
    return accepted.get();
  }

  /** Returns how many connections are open. */
  public int live() {
    return open.size();
  }

  /**
   * Returns the oldest request not yet asked for, waiting for it.
   *
   * @throws IllegalStateException when there is none within half a minute
   */
  public RequestHead nextRequest() throws InterruptedException {
    RequestHead next = requests.poll(WAIT_SECONDS, TimeUnit.SECONDS);
    if (next == null) {
      throw new IllegalStateException("requests: none (expected: one in " + WAIT_SECONDS + " s)");
    }
    return next;
  }

  /** Closes the listener and every connection. */
  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        accepted.incrementAndGet();
        open.add(socket);
        daemon("scripted-upstream-connection", () -> serve(socket));
      } catch (IOException closed) {
        LOG.log(System.Logger.Level.DEBUG, "accept ended", closed);
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      script.serve(Wire.patient(socket));
    } catch (IOException gone) {
      // Tests drop connections on purpose.
      LOG.log(System.Logger.Level.DEBUG, "connection ended", gone);
    } finally {
      open.remove(socket);
    }
  }

  private static void daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }
}
