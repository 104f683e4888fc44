package dev.culvert.host.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.culvert.host.frame.Frame;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a message costs the loop's thread: what {@code SSLEngine} allocates, and little else. */
class TlsCostTest {

  /** Twice what the engine of JDK 17 takes to decrypt a record and to encrypt one. */
  private static final long MOST = 6_000;

  private static final int WARM_UP = 10_000;
  private static final int MESSAGES = 2_000;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @ParameterizedTest
  @CsvSource({"TLSv1.2, 100", "TLSv1.3, 100", "TLSv1.2, 16000", "TLSv1.3, 16000"})
  void aMessageAllocatesLittle(String protocol, int length) throws Exception {
    byte[] message = Frame.pattern(length);
    try (TlsRig rig = TlsRig.start(Specs.opaque(), protocol)) {
      long[] thread = new long[1];
      rig.rig.onLoop(() -> thread[0] = Thread.currentThread().getId());
      relay(rig, message, WARM_UP);

      long before = threads.getThreadAllocatedBytes(thread[0]);
      relay(rig, message, MESSAGES);
      long allocated = threads.getThreadAllocatedBytes(thread[0]) - before;

      long each = allocated / (2 * MESSAGES);
      assertThat(each).as("bytes per message").isLessThan(MOST);
    }
  }

  private static void relay(TlsRig rig, byte[] message, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      rig.client.send(message);
      rig.upstream.send(rig.upstream.receive(message.length));
      rig.client.receive(message.length);
    }
  }
}
