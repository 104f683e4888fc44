package dev.culvert.host.undertow;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Method;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import org.xnio.StreamConnection;

/**
 * What Undertow and XNIO have no public way for.
 *
 * @param exchange of a response conduit
 * @param tls of the connections of TLS listeners
 */
record Internals(VarHandle exchange, TlsInternals tls) {

  /**
   * Looks them up.
   *
   * @throws IllegalStateException when they are not there
   */
  static Internals find() {
    try {
      Class<?> conduit = HttpServerConnection.class.getMethod("getResponseConduit").getReturnType();
      return new Internals(
          MethodHandles.privateLookupIn(conduit, MethodHandles.lookup())
              .findVarHandle(conduit, "exchange", HttpServerExchange.class),
          TlsInternals.find());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Undertow: unknown version, " + e, e);
    }
  }

  /**
   * The socket of a connection, non-blocking and registered with XNIO's selector; empty when the
   * connection is not one of XNIO's NIO transport, with Undertow's TLS or without.
   */
  Optional<SocketChannel> channel(StreamConnection connection) {
    StreamConnection plain = tls.isOf(connection) ? tls.plain(connection) : connection;
    try {
      Method channel = plain.getClass().getDeclaredMethod("getChannel");
      channel.setAccessible(true);
      return channel.invoke(plain) instanceof SocketChannel socket
          ? Optional.of(socket)
          : Optional.empty();
    } catch (ReflectiveOperationException e) {
      return Optional.empty();
    }
  }

  /** Bytes right after the request head leave the exchange there, and with it the deployment. */
  void forgetExchange(Object responseConduit) {
    exchange.set(responseConduit, null);
  }
}
