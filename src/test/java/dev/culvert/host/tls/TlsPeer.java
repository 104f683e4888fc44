package dev.culvert.host.tls;

import dev.culvert.host.loop.Peer;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;

/**
 * The far end of a TLS connection, whose records the test sees and sends one by one. Used by one
 * thread with blocking calls of bounded time.
 */
public final class TlsPeer implements Closeable {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Peer transport;
  private final SSLEngine engine;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private boolean inputEnded;

  /**
   * @param engine fresh, its parameters set
   */
  public TlsPeer(Peer transport, SSLEngine engine) {
    this.transport = transport;
    this.engine = engine;
  }

  public TlsPeer handshake() throws IOException {
    engine.beginHandshake();
    goOn();
    return this;
  }

  private void goOn() throws IOException {
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_WRAP -> transport.send(say(NOTHING));
        case NEED_UNWRAP -> hear();
        default -> {
          return;
        }
      }
    }
  }

  private byte[] say(ByteBuffer data) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(data, out);
    return Arrays.copyOf(out.array(), out.position());
  }

  /** Takes one record. */
  private void hear() throws IOException {
    byte[] header = transport.receive(5);
    if (header.length < 5) {
      throw new EOFException("no close_notify");
    }
    int length = Short.toUnsignedInt(ByteBuffer.wrap(header).getShort(3));
    ByteBuffer record = ByteBuffer.allocate(5 + length).put(header);
    record.put(transport.receive(length)).flip();
    ByteBuffer data = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    while (record.hasRemaining()) {
      SSLEngineResult result = engine.unwrap(record, data);
      inputEnded |= result.getStatus() == Status.CLOSED;
      if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
        engine.getDelegatedTask().run();
      }
      if (result.bytesConsumed() == 0) {
        break;
      }
    }
    received.write(data.array(), 0, data.position());
  }

  /** The records that carry the data. */
  public byte[] encrypt(byte[] data) throws IOException {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    ByteBuffer source = ByteBuffer.wrap(data);
    while (source.hasRemaining()) {
      records.write(say(source));
    }
    return records.toByteArray();
  }

  public TlsPeer send(byte[] data) throws IOException {
    transport.send(encrypt(data));
    return this;
  }

  /** Sends bytes as they are. */
  public TlsPeer sendRecords(byte[] records) throws IOException {
    transport.send(records);
    return this;
  }

  public byte[] receive(int length) throws IOException {
    while (received.size() < length) {
      hear();
    }
    byte[] all = received.toByteArray();
    received.reset();
    received.write(all, length, all.length - length);
    return Arrays.copyOf(all, length);
  }

  /** What comes before the close_notify; fails when the connection ends without one. */
  public byte[] receiveAll() throws IOException {
    while (!inputEnded) {
      hear();
    }
    return received.toByteArray();
  }

  /** Begins a new handshake (TLS 1.2) or asks for new keys (TLS 1.3), and sends what that takes. */
  public TlsPeer rekey() throws IOException {
    engine.beginHandshake();
    while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      transport.send(say(NOTHING));
    }
    return this;
  }

  /** Sends data and close_notify at once. */
  public TlsPeer sendLast(byte[] data) throws IOException {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    records.write(encrypt(data));
    engine.closeOutbound();
    while (!engine.isOutboundDone()) {
      records.write(say(NOTHING));
    }
    return sendRecords(records.toByteArray());
  }

  /** Sends close_notify. */
  public TlsPeer endOutput() throws IOException {
    engine.closeOutbound();
    while (!engine.isOutboundDone()) {
      transport.send(say(NOTHING));
    }
    return this;
  }

  /** Ends the connection without close_notify. */
  public void cut() throws IOException {
    transport.close();
  }

  public SSLEngine engine() {
    return engine;
  }

  @Override
  public void close() throws IOException {
    transport.close();
  }
}
