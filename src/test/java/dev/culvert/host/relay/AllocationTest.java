package dev.culvert.host.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.frame.Frame;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A message on its way through costs the loop's thread no object. */
class AllocationTest {

  private static final int WARM_UP = 20_000;
  private static final int MESSAGES = 20_000;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  static Stream<Arguments> streams() {
    byte[] payload = Frame.pattern(100);
    byte[] frame = Frame.of(Frame.BINARY, payload).withMask().encode();
    StreamSpec limited =
        Specs.webSocket(
            "maxFrame", 1000L,
            "maxMessage", 1000L,
            "idleTimeoutMillis", 60_000L,
            "pingIntervalMillis", 50_000L);
    return Stream.of(
        Arguments.of("opaque", Specs.opaque(), payload),
        Arguments.of("WebSocket", Specs.webSocket(), frame),
        Arguments.of("WebSocket with limits", limited, frame));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("streams")
  void aMessageAllocatesNothing(String name, StreamSpec spec, byte[] message) throws Exception {
    try (Rig rig = Rig.start(spec)) {
      long[] thread = new long[1];
      rig.onLoop(() -> thread[0] = Thread.currentThread().getId());
      relay(rig, message, WARM_UP);

      long before = threads.getThreadAllocatedBytes(thread[0]);
      relay(rig, message, MESSAGES);
      long allocated = threads.getThreadAllocatedBytes(thread[0]) - before;

      assertThat((double) allocated / (2 * MESSAGES)).as("bytes per message").isLessThan(1);
    }
  }

  /** There and back. */
  private static void relay(Rig rig, byte[] message, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      rig.client().send(message);
      rig.upstream().send(rig.upstream().receive(message.length));
      rig.client().receive(message.length);
    }
  }
}
