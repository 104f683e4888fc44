package dev.culvert.host.undertow;

import dev.culvert.host.connector.TakeOver;
import io.undertow.server.ExchangeCompletionListener.NextListener;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.servlet.spec.HttpServletRequestImpl;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.Protocols;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.util.concurrent.Executor;
import org.xnio.IoUtils;
import org.xnio.Options;

/**
 * Takes a connection from Undertow through its own upgrade: after the 101 Undertow gives the
 * connection away and forgets the exchange.
 */
public final class UndertowTakeOver implements TakeOver {

  private final Internals internals = Internals.find();
  private final IdleWorkers workers = new IdleWorkers();
  private final Executor tlsTasks;

  /**
   * Made on a thread of the host, not below a deployment's stack frames.
   *
   * @param tlsTasks for TLS work that would block a loop
   * @throws IllegalStateException when this Undertow is built otherwise than those known
   */
  public UndertowTakeOver(Executor tlsTasks) {
    this.tlsTasks = tlsTasks;
  }

  @Override
  public String refusal(Object request) {
    HttpServerExchange exchange = exchange(request);
    if (exchange == null) {
      return "not a request of Undertow: " + request.getClass().getName();
    }
    workers.watch(exchange.getConnection().getWorker());
    if (!(exchange.getConnection() instanceof HttpServerConnection connection)) {
      return "the connection carries several requests (HTTP/2, AJP)";
    }
    if (connection.getSslSessionInfo() != null && !internals.tls().isOf(connection.getChannel())) {
      return "the connection has a TLS that is not Undertow's own";
    }
    if (internals.channel(connection.getChannel()).isEmpty()) {
      return "not a connection of XNIO's NIO transport";
    }
    return exchange.isRequestComplete() ? "" : "the request has a body that was not read";
  }

  /**
   * Undertow treats every response other than a 101 as an ordinary one and reads the next request
   * after it, unless {@code close} is all that its {@code Connection} field says.
   */
  @Override
  public void decline(Object request) {
    HttpServerExchange exchange = exchange(request);
    if (exchange == null) {
      return;
    }
    CutAnswer.prepare(exchange);
    if (exchange.getRequestHeaders().contains(Headers.UPGRADE)) {
      exchange.addExchangeCompleteListener(UndertowTakeOver::close);
    }
  }

  /** HTTP/2 resets the stream, and not its connection. */
  @Override
  public boolean abort(Object request) {
    HttpServerExchange exchange = exchange(request);
    if (exchange != null) {
      if (endsWithConnection(exchange)) {
        resetAtClose(exchange.getConnection());
      }
      CutAnswer.cut(exchange);
      IoUtils.safeClose(exchange.getConnection());
    }
    return exchange != null;
  }

  @Override
  public void setWriteListener(Object request, boolean flushed, Runnable setting) {
    HttpServerExchange exchange = exchange(request);
    if (exchange == null) {
      setting.run();
    } else {
      AsyncTasks.runHere(exchange, setting);
    }
  }

  @Override
  public void complete(Object request, Runnable completion) {
    HttpServerExchange exchange = exchange(request);
    if (exchange == null) {
      completion.run();
    } else {
      new Completion(exchange, (ServletRequest) request, completion).begin();
    }
  }

  /** Then an orderly close would make half an answer look whole (RFC 9112 section 6.3). */
  private static boolean endsWithConnection(HttpServerExchange exchange) {
    HeaderMap response = exchange.getResponseHeaders();
    return exchange.isResponseStarted()
        && !exchange.getProtocol().equals(Protocols.HTTP_2_0)
        && !response.contains(Headers.CONTENT_LENGTH)
        && !response.contains(Headers.TRANSFER_ENCODING);
  }

  private static void resetAtClose(ServerConnection connection) {
    try {
      connection.setOption(Options.CLOSE_ABORT, true);
    } catch (IOException e) {
      System.getLogger("dev.culvert.host")
          .log(System.Logger.Level.DEBUG, "the connection had gone: {0}", e.getMessage());
    }
  }

  /** Late enough that the head of the response stays as it is. */
  private static void close(HttpServerExchange exchange, NextListener next) {
    exchange.setPersistent(false);
    next.proceed();
  }

  /**
   * Undertow closes a connection after a request that asks for it, unless told otherwise; the 101
   * itself says how the connection goes on (RFC 9110, section 7.8).
   */
  @Override
  public void take(Object request, Object response, Receiver receiver) {
    HttpServerExchange exchange = exchange(request);
    HttpServerConnection connection = (HttpServerConnection) exchange.getConnection();
    HandOver handOver = new HandOver(connection, internals, tlsTasks, receiver);
    exchange.setPersistent(true);
    exchange.upgradeChannel(handOver);
    connection.addCloseListener(handOver);
    try {
      ((ServletResponse) response).flushBuffer();
    } catch (IOException e) {
      throw new IllegalStateException("client is gone: " + e.getMessage(), e);
    }
    if (!handOver.begin()) {
      throw new IllegalStateException("client is gone: it closed during the handshake");
    }
  }

  @Override
  public void undeployed(ClassLoader loader) {
    workers.replace();
  }

  private static HttpServerExchange exchange(Object request) {
    Object inner = request;
    while (inner instanceof ServletRequestWrapper wrapper) {
      inner = wrapper.getRequest();
    }
    return inner instanceof HttpServletRequestImpl undertow ? undertow.getExchange() : null;
  }
}
