package dev.culvert.host.relay;

import dev.culvert.host.loop.ChannelHandler;
import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** A connection that takes nothing, or fails, when the test says so. */
final class Valve implements Wire {

  private Wire wire;

  /** Takes nothing. */
  volatile boolean shut;

  /** Thrown by writes when set. */
  volatile IOException broken;

  /** Thrown when set: by attaching, and by writes. */
  volatile Error error;

  /** How often something was written; by the loop. */
  final AtomicInteger writes = new AtomicInteger();

  /** Puts the valve into a connection. */
  Wire into(Wire connection) {
    wire = connection;
    return this;
  }

  @Override
  public void attach(EventLoop loop, ChannelHandler handler) throws IOException {
    failWhenTold();
    wire.attach(loop, handler);
  }

  @Override
  public void interest(int operations) {
    wire.interest(operations);
  }

  @Override
  public int read(ByteBuffer buffer) throws IOException {
    return wire.read(buffer);
  }

  @Override
  public int write(ByteBuffer buffer) throws IOException {
    failWhenTold();
    if (broken != null) {
      throw broken;
    }
    writes.incrementAndGet();
    return shut ? 0 : wire.write(buffer);
  }

  private void failWhenTold() {
    if (error != null) {
      throw error;
    }
  }

  @Override
  public int unsent() {
    return wire.unsent();
  }

  @Override
  public void flush() throws IOException {
    wire.flush();
  }

  @Override
  public void shutdownOutput() throws IOException {
    wire.shutdownOutput();
  }

  @Override
  public void close() {
    wire.close();
  }
}
