package dev.culvert.host.tls;

import dev.culvert.host.loop.ChannelHandler;
import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.wire.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * TLS 1.2 and 1.3 over another wire (RFC 5246, RFC 8446). Until the handshake is done nothing is
 * read and no byte is taken; its failure is the failure of the call, or of the handler, that met
 * it. The proper end of input is a {@code close_notify}; without one the input was cut off. New
 * handshakes on an open connection are refused.
 */
public final class TlsWire implements Wire, ChannelHandler {

  private static final Logger LOG = System.getLogger("dev.culvert.host");
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  private final Wire transport;
  private final SSLEngine engine;
  private final DelegatedTasks tasks;
  private final TlsInput input;
  private final TlsOutput output;
  private final TlsHandshake handshake;
  private final DatalessRecords dataless = new DatalessRecords();
  private final Runnable signal = this::signalInput;

  private EventLoop loop;
  private ChannelHandler handler;

  /** What the handler wants to hear of. */
  private int wanted;

  private boolean established;

  /** TLS 1.2: handshakes can be told by their records, and one close_notify ends both ways. */
  private boolean legacy;

  /** The engine has something to say and the transport takes nothing: no input till then. */
  private boolean stalled;

  private boolean signalled;

  /** What is wrong with the input after all that was decrypted; told by the next read. */
  private IOException inputFault;

  private boolean inputEnded;
  private boolean outputEnded;

  /** Our close_notify has been said. */
  private boolean outputDone;

  /** The other end's close_notify closed our output as well, which was still open. */
  private boolean endedBothWays;

  private boolean closed;

  private TlsWire(Wire transport, SSLEngine engine, Executor tasks, ByteBuffer early) {
    this.transport = transport;
    this.engine = engine;
    this.tasks = new DelegatedTasks(engine, tasks);
    this.input = new TlsInput(transport, early);
    this.output = new TlsOutput(transport, engine);
    this.handshake = new TlsHandshake(engine, this.input, output, this.tasks, this::tasksDone);
  }

  /**
   * A wire whose handshake is yet to come.
   *
   * @param transport connected and not attached; the wire owns it from now on
   * @param engine fresh, its parameters set
   * @param tasks for what would block the loop; may reject
   * @throws SSLException when the engine cannot begin
   */
  public static TlsWire handshaking(Wire transport, SSLEngine engine, Executor tasks)
      throws SSLException {
    return handshaking(transport, engine, NO_DATA, tasks);
  }

  /**
   * The same over a transport that was read from before.
   *
   * @param early what was read; the wire owns it from now on
   * @throws SSLException when the engine cannot begin
   */
  public static TlsWire handshaking(
      Wire transport, SSLEngine engine, ByteBuffer early, Executor tasks) throws SSLException {
    TlsWire wire = new TlsWire(transport, engine, tasks, early);
    engine.beginHandshake();
    return wire;
  }

  /**
   * A wire that goes on where somebody else left off.
   *
   * @param transport not attached; the wire owns it from now on
   * @param engine with its handshake done, not used by anybody else any more
   * @param ciphertext what was read of the transport and not decrypted
   * @param tasks for what would block the loop; may reject
   */
  public static TlsWire established(
      Wire transport, SSLEngine engine, ByteBuffer ciphertext, Executor tasks) {
    TlsWire wire = new TlsWire(transport, engine, tasks, ciphertext);
    wire.establish();
    return wire;
  }

  @Override
  public void attach(EventLoop newLoop, ChannelHandler newHandler) throws IOException {
    handler = newHandler;
    wanted = 0;
    if (loop == null) {
      loop = newLoop;
      transport.attach(newLoop, this);
      if (!established) {
        handshake();
      }
    }
    updateInterest();
  }

  @Override
  public void interest(int operations) {
    wanted = operations;
    updateInterest();
    signalLater();
  }

  private void updateInterest() {
    int needed = wanted;
    if (tasks.areRunning() || closed) {
      needed = 0;
    } else if (output.unsent() > 0) {
      needed |= SelectionKey.OP_WRITE;
      needed &= stalled || !established ? SelectionKey.OP_WRITE : ~0;
    } else if (!established && wanted != 0) {
      needed = SelectionKey.OP_READ;
    }
    transport.interest(needed);
  }

  @Override
  public void ready(int operations) throws IOException {
    if (closed || tasks.areRunning()) {
      return;
    }
    if (!established) {
      output.flush(loop);
      boolean done = handshake();
      updateInterest();
      if (done && wanted != 0) {
        handler.ready(wanted);
      }
      return;
    }
    int told = output.unsent() > 0 ? operations : operations & wanted;
    if (told != 0) {
      handler.ready(told);
    }
  }

  @Override
  public void failed(Throwable cause) {
    handler.failed(cause);
  }

  private boolean handshake() throws IOException {
    boolean done = handshake.advance(loop);
    if (done) {
      establish();
    }
    return done;
  }

  private void establish() {
    established = true;
    legacy = !engine.getSession().getProtocol().equals("TLSv1.3");
  }

  private void startTasks() throws IOException {
    tasks.start(loop, this::tasksDone);
    updateInterest();
  }

  private void tasksDone() {
    if (!closed) {
      updateInterest();
      EventLoop.signal(this, wanted);
    }
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    if (!canWork() || stalled) {
      return 0;
    }
    int count = inputFault == null ? decrypt(buffer) : 0;
    signalLater();
    return count > 0 ? count : nothingRead();
  }

  private int nothingRead() throws IOException {
    if (inputFault != null) {
      throw inputFault;
    }
    if (inputEnded) {
      return -1;
    }
    if (input.hasEnded()) {
      throw new EOFException("TLS input ended without close_notify");
    }
    return 0;
  }

  /** Decrypts what is there, up to a fault; returns the number of bytes. */
  private int decrypt(ByteBuffer buffer) throws IOException {
    int from = buffer.position();
    TlsScratch scratch = TlsScratch.get();
    ByteBuffer in = input.load(scratch, buffer.remaining());
    try {
      decrypt(in, buffer);
    } catch (IOException e) {
      inputFault = e;
    } finally {
      input.keep(scratch, in);
    }
    return buffer.position() - from;
  }

  private void decrypt(ByteBuffer in, ByteBuffer buffer) throws IOException {
    while (!inputEnded && TlsRecord.isWhole(in)) {
      if (legacy && TlsRecord.isHandshake(in)) {
        throw new SSLException("TLS renegotiation is refused");
      }
      SSLEngineResult result = engine.unwrap(in, buffer);
      if (engine.isInboundDone()) {
        inputEnded = true;
        endedBothWays = !outputDone && (legacy || engine.isOutboundDone());
      }
      if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
        throw new SSLException("what came is no TLS record");
      }
      if (result.getStatus() == Status.BUFFER_OVERFLOW
          || !settle(result.getHandshakeStatus())
          || !dataless.count(result.bytesProduced())) {
        return; // the rest in a later turn
      }
    }
  }

  /** Lets the engine do what it must do before it goes on; whether it can go on at once. */
  private boolean settle(HandshakeStatus status) throws IOException {
    HandshakeStatus next = status;
    while (next == HandshakeStatus.NEED_WRAP && !engine.isOutboundDone() && !output.isBroken()) {
      stalled = output.unsent() > 0;
      if (stalled) {
        updateInterest();
        return false;
      }
      next = output.answer(loop);
    }
    if (next == HandshakeStatus.NEED_TASK) {
      startTasks();
      return false;
    }
    if (output.unsent() > 0) {
      updateInterest();
    }
    return true;
  }

  @Override
  public boolean endedBothWays() {
    return endedBothWays;
  }

  /** Something is here of which no channel tells. */
  private boolean hasInput() {
    return inputEnded || inputFault != null || input.hasRecord();
  }

  private void signalLater() {
    if (!signalled && wantsInput() && hasInput()) {
      signalled = true;
      loop.execute(signal);
    }
  }

  private boolean wantsInput() {
    return (wanted & SelectionKey.OP_READ) != 0 && established && !tasks.areRunning() && !stalled;
  }

  private void signalInput() {
    signalled = false;
    if (!closed && wantsInput() && hasInput()) {
      EventLoop.signal(handler, SelectionKey.OP_READ);
    }
  }

  @Override
  public int write(ByteBuffer buffer) throws IOException {
    if (!canWork() || output.unsent() > 0) {
      return 0;
    }
    if (outputEnded || endedBothWays) {
      throw new IOException("TLS output has ended");
    }
    int taken = output.write(loop, buffer);
    if (output.unsent() > 0) {
      updateInterest();
    }
    return taken;
  }

  private boolean canWork() throws IOException {
    if (established) {
      return !tasks.areRunning();
    }
    boolean done = handshake();
    updateInterest();
    return done;
  }

  @Override
  public int unsent() {
    return output.unsent();
  }

  @Override
  public void flush() throws IOException {
    try {
      output.flush(loop);
    } catch (IOException e) {
      stalled = false; // what else has come can still be read
      updateInterest();
      throw e;
    }
    if (output.unsent() > 0) {
      return;
    }
    if (stalled) {
      stalled = false;
      if (settle(engine.getHandshakeStatus())) {
        signalLater();
      }
    }
    endOutput();
    updateInterest();
  }

  @Override
  public void shutdownOutput() throws IOException {
    outputEnded = true;
    endOutput();
    updateInterest();
  }

  /** Says close_notify, then ends the output below, each when nothing waits in front of it. */
  private void endOutput() throws IOException {
    if (!outputEnded || tasks.areRunning()) {
      return;
    }
    engine.closeOutbound();
    while (!engine.isOutboundDone() && output.unsent() == 0) {
      output.sayOwn(loop);
    }
    outputDone = engine.isOutboundDone();
    if (output.unsent() == 0) {
      transport.shutdownOutput();
    }
  }

  @Override
  public void close() {
    closed = true;
    if (!tasks.areRunning()) {
      try {
        engine.closeOutbound();
        output.sayLast(loop);
      } catch (IOException | RuntimeException e) {
        LOG.log(Level.DEBUG, "no close_notify", e);
      }
    }
    input.drop();
    output.drop(loop);
    transport.close();
  }
}
