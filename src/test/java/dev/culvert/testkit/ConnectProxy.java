package dev.culvert.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * A forward proxy on loopback that makes tunnels ({@code CONNECT}), and passes on the one request
 * of a connection that is for an {@code http://} target. Names mean what the test says, so that
 * nobody else knows them. It notes what it was asked. All methods may be called from any thread.
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

  /** Leads those who ask for {@code host:port}, or for what is there, to a port of loopback. */
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
      Socket far = new Socket(InetAddress.getLoopbackAddress(), ports.get(authority(request)));
      far.setTcpNoDelay(true);
      open.add(far);
      if (isTunnel(request)) {
        client.send("HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n");
      } else {
        Wire.of(far).send(passedOn(request));
      }
      SocketPair.join("connect-proxy-inbound", near, far);
    } catch (IOException gone) {
      SocketPair.close(near);
    }
  }

  private String refusal(RequestHead request) {
    if (!isTunnel(request) && !request.target().startsWith("http://")) {
      return "400 Bad Request";
    }
    if (!authorization.equals(request.first("Proxy-Authorization").orElse(""))) {
      return "407 Proxy Authentication Required";
    }
    return ports.containsKey(authority(request)) ? "" : "502 Bad Gateway";
  }

  private static boolean isTunnel(RequestHead request) {
    return request.method().equals("CONNECT");
  }

  private static String authority(RequestHead request) {
    if (isTunnel(request)) {
      return request.target();
    }
    URI target = URI.create(request.target());
    return target.getHost() + ":" + (target.getPort() < 0 ? 80 : target.getPort());
  }

  /** As the origin gets it, without what was for the proxy (RFC 9110 section 7.6.1). */
  private static String passedOn(RequestHead request) {
    String fields =
        request.fields().stream()
            .filter(field -> !field.getKey().toLowerCase(Locale.ROOT).startsWith("proxy-"))
            .map(field -> field.getKey() + ": " + field.getValue() + "\r\n")
            .collect(Collectors.joining());
    return request.method()
        + " "
        + URI.create(request.target()).getRawPath()
        + " HTTP/1.1\r\n"
        + fields
        + "\r\n";
  }

  @Override
  public void close() throws IOException {
    server.close();
    open.forEach(SocketPair::close);
  }
}
