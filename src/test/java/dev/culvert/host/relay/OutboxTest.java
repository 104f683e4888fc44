package dev.culvert.host.relay;

import static dev.culvert.host.frame.Frame.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.wire.BufferWire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a side does not accept at once. */
class OutboxTest {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final EventLoop loop = new EventLoop("outbox");

  @Test
  void whatWaitsComesOutInOrderAndIsNotCopiedForEachFrame() throws Exception {
    int writes = 10_000;
    byte[] all = pattern(100 * writes);
    BufferWire wire = new BufferWire(() -> {});
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    long allocated = onLoop(() -> fill(wire, all, writes, received));

    assertThat(received.toByteArray()).isEqualTo(all);
    assertThat(allocated).isLessThan(20L * all.length);
    loop.close();
  }

  /** Writes piece by piece to a side that reads only afterwards; returns the bytes allocated. */
  private long fill(BufferWire wire, byte[] all, int writes, ByteArrayOutputStream received)
      throws IOException {
    Outbox outbox = new Outbox(loop, wire);
    long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    int length = all.length / writes;
    for (int i = 0; i < writes; i++) {
      outbox.write(ByteBuffer.wrap(all, i * length, length), false);
    }
    long allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    ByteBuffer target = ByteBuffer.allocate(10_000);
    while (wire.channel().read(target.clear()) > 0) {
      received.write(Arrays.copyOf(target.array(), target.position()));
      outbox.flush();
    }
    assertThat(outbox.waits()).isFalse();
    return allocated;
  }

  private interface Work {
    long run() throws IOException;
  }

  private long onLoop(Work work) throws Exception {
    CompletableFuture<Long> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            done.complete(work.run());
          } catch (IOException e) {
            done.completeExceptionally(new UncheckedIOException(e));
          } catch (RuntimeException | Error e) {
            done.completeExceptionally(e);
          }
        });
    return done.get(20, TimeUnit.SECONDS);
  }
}
