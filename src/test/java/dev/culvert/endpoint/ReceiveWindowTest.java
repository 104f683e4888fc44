package dev.culvert.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class ReceiveWindowTest {

  private final Queue<Runnable> queue = new ArrayDeque<>();
  private final List<String> calls = new ArrayList<>();
  private final ReceiveWindow window =
      new ReceiveWindow(queue::add, () -> calls.add("suspend"), () -> calls.add("resume"));

  private void read(int times) {
    for (int i = 0; i < times; i++) {
      window.read();
    }
  }

  @Test
  void handlersThatKeepUpAreNotHeldUp() {
    for (int i = 0; i < 10; i++) {
      read(ReceiveWindow.READS);
      assertThat(queue).as("marks").hasSize(1);
      queue.remove().run();
    }

    assertThat(calls).isEmpty();
    assertThat(window.isOpen()).isTrue();
  }

  @Test
  void withoutTheMarkOfTheLastWindowTheNextOneEndsTheReading() {
    read(2 * ReceiveWindow.READS - 1);
    assertThat(calls).isEmpty();

    read(1);

    assertThat(calls).containsExactly("suspend");
    assertThat(window.isOpen()).isFalse();
  }

  @Test
  void theMarkOpensTheWindowAgain() {
    read(2 * ReceiveWindow.READS);

    queue.remove().run();

    assertThat(calls).containsExactly("suspend", "resume");
    assertThat(window.isOpen()).isTrue();
  }

  @Test
  void whatWasReadBeforeTheWindowOpenedAgainCounts() {
    read(2 * ReceiveWindow.READS);
    queue.remove().run();

    read(1);
    assertThat(queue).as("marks").hasSize(1);
    read(ReceiveWindow.READS);

    assertThat(calls).containsExactly("suspend", "resume", "suspend");
  }

  @Test
  void aReadThatCameBeforeTheServerStoppedSuspendsOnce() {
    read(2 * ReceiveWindow.READS + 3);

    assertThat(calls).containsExactly("suspend");
    assertThat(queue).as("marks").hasSize(1);
  }
}
