package dev.culvert.host.undertow;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.protocols.ssl.SslConduit;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import org.xnio.StreamConnection;

/**
 * What Undertow holds of a TLS connection. To be used on the connection's I/O thread.
 *
 * @param type of such connections
 * @param delegate the plain connection below
 * @param conduit that does TLS
 * @param ciphertext read and not decrypted, null for nothing
 * @param plaintext decrypted and not read, null for nothing
 * @param state flags of the conduit
 */
record TlsInternals(
    Class<?> type,
    VarHandle delegate,
    VarHandle conduit,
    VarHandle ciphertext,
    VarHandle plaintext,
    VarHandle state) {

  /** There may be a whole record in the ciphertext ({@code SslConduit.FLAG_DATA_TO_UNWRAP}). */
  private static final int DATA_TO_UNWRAP = 1 << 4;

  /**
   * Looks them up.
   *
   * @throws ReflectiveOperationException when they are not there
   */
  static TlsInternals find() throws ReflectiveOperationException {
    Class<?> type =
        Class.forName(
            "io.undertow.protocols.ssl.UndertowSslConnection",
            false,
            SslConduit.class.getClassLoader());
    MethodHandles.Lookup connection = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
    MethodHandles.Lookup conduit =
        MethodHandles.privateLookupIn(SslConduit.class, MethodHandles.lookup());
    return new TlsInternals(
        type,
        connection.findVarHandle(type, "delegate", StreamConnection.class),
        connection.findVarHandle(type, "sslConduit", SslConduit.class),
        conduit.findVarHandle(SslConduit.class, "dataToUnwrap", PooledByteBuffer.class),
        conduit.findVarHandle(SslConduit.class, "unwrappedData", PooledByteBuffer.class),
        conduit.findVarHandle(SslConduit.class, "state", int.class));
  }

  boolean isOf(StreamConnection connection) {
    return type.isInstance(connection);
  }

  StreamConnection plain(StreamConnection connection) {
    return (StreamConnection) delegate.get(connection);
  }

  SSLEngine engine(StreamConnection connection) {
    return conduit(connection).getSSLEngine();
  }

  /** Takes what was decrypted already. */
  ByteBuffer takePlaintext(StreamConnection connection) {
    PooledByteBuffer pooled = (PooledByteBuffer) plaintext.getAndSet(conduit(connection), null);
    return copyAndFree(pooled, true);
  }

  /** Takes what was read of the socket and not decrypted. */
  ByteBuffer takeCiphertext(StreamConnection connection) {
    SslConduit tls = conduit(connection);
    PooledByteBuffer pooled = (PooledByteBuffer) ciphertext.getAndSet(tls, null);
    // Of a record that is not whole yet the buffer waits for the rest, and is not flipped.
    return copyAndFree(pooled, ((int) state.get(tls) & DATA_TO_UNWRAP) != 0);
  }

  private static ByteBuffer copyAndFree(PooledByteBuffer pooled, boolean flipped) {
    if (pooled == null) {
      return ByteBuffer.allocate(0);
    }
    try (pooled) {
      ByteBuffer bytes = flipped ? pooled.getBuffer() : pooled.getBuffer().flip();
      return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    }
  }

  private SslConduit conduit(StreamConnection connection) {
    return (SslConduit) conduit.get(connection);
  }
}
