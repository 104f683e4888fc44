package dev.culvert.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A forward proxy on loopback that makes tunnels ({@code CONNECT}) and nothing else. Names mean
 * what the test says, so that nobody else knows them. It notes what it was asked. All methods may
 * be called from any thread.
 */
public final class ConnectProxy implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(ConnectProxy.class.getName());

  private final ServerSocket server;
  private final Map<String, Integer> ports = new ConcurrentHashMap<>();
  private final List<RequestHead> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  /** What it must be shown; empty = nothing. */
  private volatile String authorization = "";

  /** Starts one that knows no target and asks for no login. */
  public ConnectProxy() throws IOException {
    server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
    SocketPair.start("connect-proxy", this::acceptAll);
  }

  /** Leads those who ask for {@code host:port} to a port of loopback. */
  public ConnectProxy leads(String target, int port) {
    ports.put(target, port);
    return this;
  }

  /** Answers 407 to whoever does not show this {@code Proxy-Authorization}. */
  public ConnectProxy asksFor(String value) {
    authorization = value;
    return this;
  }

  /** Returns {@code 127.0.0.1:<port>}. */
  public String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /** Returns the heads of all requests so far. */
  public List<RequestHead> requests() {
    return List.copyOf(requests);
  }

  /** Returns what it was asked to lead to, in order. */
  public List<String> targets() {
    return requests.stream().map(RequestHead::target).toList();
  }

  private void acceptAll() {
    while (!server.isClosed()) {
      try {
        Socket near = server.accept();
        open.add(near);
        SocketPair.start("connect-proxy-tunnel", () -> serve(near));
      } catch (IOException closed) {
        LOG.log(System.Logger.Level.DEBUG, "accept ended", closed);
      }
    }
  }

  private void serve(Socket near) {
    try {
      Wire client = Wire.patient(near);
      RequestHead request = client.readRequest();
      requests.add(request);
      String refusal = refusal(request);
      if (!refusal.isEmpty()) {
        client.send("HTTP/1.1 " + refusal + "\r\nContent-Length: 0\r\n\r\n");
        near.close();
        return;
      }
      Socket far = new Socket(InetAddress.getLoopbackAddress(), ports.get(request.target()));
      far.setTcpNoDelay(true);
      open.add(far);
      client.send("HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n");
      SocketPair.join("connect-proxy-inbound", near, far);
    } catch (IOException gone) {
      SocketPair.close(near);
    }
  }

  private String refusal(RequestHead request) {
    if (!request.method().equals("CONNECT")) {
      return "405 Method Not Allowed";
    }
    if (!authorization.equals(request.first("Proxy-Authorization").orElse(""))) {
      return "407 Proxy Authentication Required";
    }
    return ports.containsKey(request.target()) ? "" : "502 Bad Gateway";
  }

  @Override
  public void close() throws IOException {
    server.close();
    open.forEach(SocketPair::close);
  }
}
