package dev.culvert.host.tls;

import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.wire.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * The ciphertext that goes out: what of it the transport did not take waits here, since a record
 * that has been made cannot be taken back. Loop thread only.
 */
final class TlsOutput {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** At the end an engine has an alert to send, at most after some message it owed. */
  private static final int LAST_WORDS = 4;

  /** Records that an engine sends in a row during a handshake, generously. */
  private static final int LONGEST_FLIGHT = 16;

  private final Wire transport;
  private final SSLEngine engine;

  /** Null in the usual case. */
  private ByteBuffer held;

  /** Why nothing is sent any more, since ciphertext with a gap is of no use; null while it is. */
  private IOException failure;

  TlsOutput(Wire transport, SSLEngine engine) {
    this.transport = transport;
    this.engine = engine;
  }

  /** Encrypts and sends until something has to wait or nothing is left; returns the bytes taken. */
  int write(EventLoop loop, ByteBuffer source) throws IOException {
    int before = source.remaining();
    ByteBuffer out = TlsScratch.get().out;
    boolean encrypts = true;
    while (encrypts && source.hasRemaining() && held == null) {
      encrypts = encrypt(source, out.clear());
      send(loop, out.flip());
    }
    return before - source.remaining();
  }

  /** Fills the buffer; whether that led anywhere. */
  private boolean encrypt(ByteBuffer source, ByteBuffer out) throws IOException {
    while (source.hasRemaining()) {
      SSLEngineResult result = engine.wrap(source, out);
      if (result.getStatus() == Status.CLOSED) {
        throw new EOFException("TLS was closed by the other end");
      }
      if (result.getStatus() == Status.BUFFER_OVERFLOW || result.bytesProduced() == 0) {
        break;
      }
    }
    return out.position() > 0;
  }

  /** Sends what the engine itself has to say; nothing may wait. */
  HandshakeStatus sayOwn(EventLoop loop) throws IOException {
    ByteBuffer out = TlsScratch.get().out.clear();
    SSLEngineResult result = engine.wrap(NOTHING, out);
    send(loop, out.flip());
    return result.getHandshakeStatus();
  }

  /**
   * Sends what the engine owes the other end, like {@link #sayOwn}. When nobody takes it any more
   * that is the end of our output, not of what comes in.
   */
  HandshakeStatus answer(EventLoop loop) throws IOException {
    try {
      return sayOwn(loop);
    } catch (IOException e) {
      if (failure == null) {
        throw e;
      }
      return engine.getHandshakeStatus();
    }
  }

  /** Has the engine say the rest of its handshake messages to nobody, so that it listens again. */
  void finishUnheard() throws SSLException {
    ByteBuffer out = TlsScratch.get().out;
    for (int i = 0;
        i < LONGEST_FLIGHT && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
        i++) {
      engine.wrap(NOTHING, out.clear());
    }
  }

  private void send(EventLoop loop, ByteBuffer out) throws IOException {
    transmit(loop, out);
    if (out.hasRemaining()) {
      held = loop.keep(out);
    }
  }

  /** What waits is given up with the first failure: nobody will ever take it. */
  private void transmit(EventLoop loop, ByteBuffer ciphertext) throws IOException {
    if (failure != null) {
      throw failure;
    }
    try {
      transport.write(ciphertext);
    } catch (IOException e) {
      failure = e;
      drop(loop);
      throw e;
    }
  }

  void flush(EventLoop loop) throws IOException {
    if (held == null) {
      return;
    }
    transmit(loop, held);
    if (!held.hasRemaining()) {
      drop(loop);
    }
  }

  int unsent() {
    return held == null ? 0 : held.remaining();
  }

  /**
   * Sends what the engine still has to say, an alert, if the transport takes it at once.
   *
   * @param loop null when there is none yet
   */
  void sayLast(EventLoop loop) throws IOException {
    if (loop != null) {
      flush(loop);
    }
    if (held != null) {
      return;
    }
    ByteBuffer out = ByteBuffer.allocate(LAST_WORDS * engine.getSession().getPacketBufferSize());
    for (int i = 0; i < LAST_WORDS && !engine.isOutboundDone(); i++) {
      engine.wrap(NOTHING, out);
    }
    transmit(loop, out.flip());
  }

  /** Whether the transport has failed. */
  boolean isBroken() {
    return failure != null;
  }

  /** Gives up what waits. */
  void drop(EventLoop loop) {
    if (held != null) {
      loop.recycle(held);
      held = null;
    }
  }
}
