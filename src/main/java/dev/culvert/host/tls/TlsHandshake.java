package dev.culvert.host.tls;

import dev.culvert.host.loop.EventLoop;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/** The handshake that a connection begins with, step by step. Loop thread only. */
final class TlsHandshake {

  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  private final SSLEngine engine;
  private final TlsInput input;
  private final TlsOutput output;
  private final DelegatedTasks tasks;
  private final Runnable whenTasksDone;

  /**
   * @param whenTasksDone runs on the loop when the handshake can go on
   */
  TlsHandshake(
      SSLEngine engine,
      TlsInput input,
      TlsOutput output,
      DelegatedTasks tasks,
      Runnable whenTasksDone) {
    this.engine = engine;
    this.input = input;
    this.output = output;
    this.tasks = tasks;
    this.whenTasksDone = whenTasksDone;
  }

  /** Goes on as far as possible; whether the handshake is done. */
  boolean advance(EventLoop loop) throws IOException {
    while (!tasks.areRunning()) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> tasks.start(loop, whenTasksDone);
        case NEED_WRAP -> {
          if (output.unsent() > 0) {
            return false;
          }
          say(loop);
        }
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (!hear()) {
            return false;
          }
        }
        default -> {
          return true;
        }
      }
    }
    return false;
  }

  /** A peer that hangs up while we speak has mostly said why: its alert is the better reason. */
  private void say(EventLoop loop) throws IOException {
    try {
      output.sayOwn(loop);
    } catch (SSLException e) {
      throw e;
    } catch (IOException e) {
      output.finishUnheard();
      hear();
      throw e;
    }
  }

  /** Takes one record of the other end's; whether there was one. */
  private boolean hear() throws IOException {
    TlsScratch scratch = TlsScratch.get();
    ByteBuffer in = input.load(scratch, TlsScratch.LONGEST_RECORD);
    boolean whole = TlsRecord.isWhole(in);
    try {
      if (whole && engine.unwrap(in, NO_DATA).getStatus() == Status.BUFFER_UNDERFLOW) {
        throw new SSLException("what came is no TLS record");
      }
    } finally {
      input.keep(scratch, in);
    }
    if (engine.isInboundDone() || input.hasEnded()) {
      throw new EOFException("closed during the TLS handshake");
    }
    return whole;
  }
}
