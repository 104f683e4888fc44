package dev.culvert.host.grizzly;

import dev.culvert.host.connector.TakeOver;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.CloseReason;
import org.glassfish.grizzly.Closeable;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.HttpResponsePacket;
import org.glassfish.grizzly.http.HttpServerFilter;
import org.glassfish.grizzly.http.io.InputBuffer;
import org.glassfish.grizzly.http.server.AfterServiceListener;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.util.Header;
import org.glassfish.grizzly.nio.NIOConnection;
import org.glassfish.grizzly.ssl.SSLUtils;
import org.glassfish.grizzly.utils.IdleTimeoutFilter;

/**
 * Takes a connection from Grizzly by letting the exchange end without Grizzly reading on or closing
 * the socket. Uses public API of Grizzly and web-core only, but for {@link BufferedCiphertext}.
 */
public final class GrizzlyTakeOver implements TakeOver {

  /** Of buffers for what is flushed piece by piece, in bytes; the smallest that Grizzly has. */
  private static final int PIECE_SIZE = 512;

  private static final String KEEP_ALIVE = "HttpServerFilter.KeepAliveContext";

  private final CatalinaRequests requests = CatalinaRequests.find();
  private final Executor tlsTasks;

  /** Null when this Grizzly does not let us see it; TLS connections stay with the server then. */
  private final BufferedCiphertext ciphertext;

  /** Why no TLS connection can be taken over; empty when they can. */
  private final String tlsRefusal;

  /**
   * Made on a thread of the host, not below a deployment's stack frames.
   *
   * @param tlsTasks for TLS work that would block a loop
   * @throws IllegalStateException when this web container is built otherwise than those known
   */
  public GrizzlyTakeOver(Executor tlsTasks) {
    this.tlsTasks = tlsTasks;
    BufferedCiphertext found = null;
    String refusal = "";
    try {
      found = new BufferedCiphertext();
    } catch (IllegalStateException e) {
      refusal = "TLS: " + e.getMessage();
    }
    ciphertext = found;
    tlsRefusal = refusal;
    // The exceptions in this constant keep the classes on the stack of whoever needs it first.
    Objects.requireNonNull(CloseReason.LOCALLY_CLOSED_REASON);
  }

  @Override
  public String refusal(Object request) {
    Request grizzly = requests.grizzly(request).orElse(null);
    if (grizzly == null) {
      return "not a request of Grizzly: " + request.getClass().getName();
    }
    if (!(grizzly.getContext().getConnection() instanceof NIOConnection connection)) {
      return "not a connection of Grizzly's NIO transport";
    }
    CloseCause.detach(connection); // whoever goes on with it may find the client gone
    WriteQueue.limit(connection);
    HttpRequestPacket packet = grizzly.getRequest();
    if (packet.getProcessingState().getHttpContext().getContextStorage() != connection) {
      return "the connection carries several requests (HTTP/2)";
    }
    if (!WriteQueue.isEmpty(connection)) { // nobody would write it once Grizzly has let go
      return "the client has not taken the answer to an earlier request";
    }
    return SSLUtils.getSSLEngine(connection) == null ? "" : tlsRefusal;
  }

  /**
   * After a request whose end is not clear nothing is read, if the response says that the
   * connection closes.
   *
   * <p>With {@code Upgrade} in a message Grizzly leaves out {@code Content-Length}, {@code
   * Content-Type} and {@code Date} as after a 101; in a response to be declined the field is one
   * like others. With {@code Upgrade} in the request Grizzly takes all that follows for content and
   * closes the connection after the response; that stays.
   */
  @Override
  public void decline(Object request) {
    Request grizzly = requests.grizzly(request).orElse(null);
    if (grizzly == null) {
      return;
    }
    if (grizzly.getContext().getConnection() instanceof NIOConnection connection) {
      CloseCause.detach(connection);
    }
    HttpRequestPacket packet = grizzly.getRequest();
    HttpResponsePacket response = packet.getResponse();
    if (saysLength(packet) && "close".equalsIgnoreCase(response.getHeader(Header.Connection))) {
      packet.setContentBroken(true); // or Grizzly would read on, even once it has closed
    }
    if (response.isUpgrade()) {
      String offer = response.getUpgrade();
      response.getUpgradeDC().recycle();
      response.getHeaders().setValue(Header.Upgrade).setString(offer);
    }
    if (packet.isUpgrade()) {
      packet.setIgnoreContentModifiers(false);
      packet.getProcessingState().setKeepAlive(true); // leaves our own Connection field alone
    }
  }

  /** Over HTTP/2, which says it otherwise too, the next request has a stream of its own. */
  private static boolean saysLength(HttpRequestPacket packet) {
    boolean alone =
        packet.getProcessingState().getHttpContext().getCloseable() instanceof Connection;
    return alone
        && !packet.isUpgrade()
        && (packet.getHeaders().contains(Header.TransferEncoding)
            || packet.getHeaders().contains(Header.ContentLength));
  }

  /**
   * Grizzly makes a buffer of 8 KiB for whatever is written after a flush; on a thread that is none
   * of its own, out of the heap (4.0, {@code HeapMemoryManager}): a tenth of the time of an event.
   * What is longer than its buffers goes out as it is.
   */
  @Override
  public void setWriteListener(Object request, boolean flushed, Runnable setting) {
    if (flushed) {
      requests
          .grizzly(request)
          .ifPresent(grizzly -> grizzly.getResponse().getOutputBuffer().setBufferSize(PIECE_SIZE));
    }
    setting.run();
  }

  @Override
  public boolean abort(Object request) {
    Optional<HttpRequestPacket> exchange = requests.grizzly(request).map(Request::getRequest);
    exchange.ifPresent(GrizzlyTakeOver::end);
    return exchange.isPresent();
  }

  private static void end(HttpRequestPacket exchange) {
    Closeable closeable = exchange.getProcessingState().getHttpContext().getCloseable();
    if (closeable instanceof Connection) {
      if (endsWithConnection(exchange.getResponse())) {
        resetAtClose((NIOConnection) closeable);
      }
      closeable.terminateSilently();
    } else {
      Http2Reset.send(closeable);
    }
  }

  /** Then an orderly close would make half an answer look whole (RFC 9112 section 6.3). */
  private static boolean endsWithConnection(HttpResponsePacket response) {
    return response.isCommitted() && !response.isChunked() && response.getContentLength() < 0;
  }

  private static void resetAtClose(NIOConnection connection) {
    try {
      ((SocketChannel) connection.getChannel()).setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException e) {
      System.getLogger("dev.culvert.host")
          .log(System.Logger.Level.DEBUG, "the connection had gone: {0}", e.getMessage());
    }
  }

  @Override
  public void take(Object request, Object response, Receiver receiver) {
    Request grizzly = requests.grizzly(request).orElseThrow();
    FilterChainContext context = grizzly.getContext();
    NIOConnection connection = (NIOConnection) context.getConnection();
    commit((ServletResponse) response);
    if (!connection.isOpen()) {
      throw new IllegalStateException("client is gone: it closed during the handshake");
    }
    letGo(grizzly.getRequest(), connection);
    context.getInternalContext().removeAllLifeCycleListeners();
    grizzly.addAfterServiceListener(new HandOver(connection, context.getFilterChain(), receiver));
  }

  @Override
  public void undeployed(ClassLoader loader) {
    WorkerLoaders.replace(loader);
  }

  private static void commit(ServletResponse response) {
    try {
      response.flushBuffer();
    } catch (IOException e) {
      throw new IllegalStateException("client is gone: " + e.getMessage(), e);
    }
  }

  /** Makes the end of the exchange leave the connection open and forgotten. */
  private static void letGo(HttpRequestPacket packet, NIOConnection connection) {
    packet.getUpgradeDC().recycle();
    packet.setExpectContent(false);
    packet.getProcessingState().setKeepAlive(true);
    connection.getAttributes().removeAttribute(HttpServerFilter.HTTP_SERVER_REQUEST_ATTR_NAME);
    connection.getAttributes().removeAttribute(KEEP_ALIVE);
    IdleTimeoutFilter.setCustomTimeout(connection, -1, TimeUnit.SECONDS);
  }

  /**
   * Runs when Grizzly is done with the exchange, as the last thing before it forgets the request.
   */
  private final class HandOver implements AfterServiceListener {

    private final NIOConnection connection;
    private final FilterChain chain;
    private final Receiver receiver;

    HandOver(NIOConnection connection, FilterChain chain, Receiver receiver) {
      this.connection = connection;
      this.chain = chain;
      this.receiver = receiver;
    }

    @Override
    public void onAfterService(Request request) {
      if (!connection.isOpen()) {
        receiver.lost("client closed during the handshake");
        return;
      }
      try {
        if (!WriteQueue.isEmpty(connection)) {
          throw new IllegalStateException("the client's socket is full and the 101 still to go");
        }
        ByteBuffer early = early(request.getInputBuffer());
        GrizzlyConnection taken = connectionTaken();
        connection.getSelectionKey().cancel(); // its selector closes what it knows at a stop
        receiver.taken(taken, early);
      } catch (RuntimeException | Error e) {
        // Grizzly has let go already and watches for no time-out: nobody else would close it.
        connection.terminateSilently();
        receiver.lost("connection not taken over: " + e);
      }
    }

    private GrizzlyConnection connectionTaken() {
      SSLEngine engine = SSLUtils.getSSLEngine(connection);
      return engine == null
          ? GrizzlyConnection.plain(connection)
          : GrizzlyConnection.secure(
              connection, engine, ciphertext.of(connection, chain), tlsTasks);
    }

    private static ByteBuffer early(InputBuffer input) {
      int ready = input.readyData();
      if (ready == 0) {
        return ByteBuffer.allocate(0);
      }
      Buffer buffer = input.readBuffer(ready);
      ByteBuffer copy = ByteBuffer.allocate(buffer.remaining());
      buffer.get(copy);
      buffer.tryDispose();
      return copy.flip();
    }
  }
}
