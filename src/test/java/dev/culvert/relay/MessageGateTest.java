package dev.culvert.relay;

import static dev.culvert.relay.MessageGate.Passage.FIRST;
import static dev.culvert.relay.MessageGate.Passage.NEXT;
import static dev.culvert.relay.MessageGate.Passage.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MessageGateTest {

  private final MessageGate gate = new MessageGate();

  @Test
  void theMessageUnderWayPassesTheOneAfterItDoesNot() {
    assertThat(gate.enter()).isEqualTo(FIRST);
    gate.leave(false);
    gate.stop();

    assertThat(gate.isDone()).isFalse();
    assertThat(gate.enter()).isEqualTo(NEXT);
    assertThat(gate.isDone()).as("while the piece is under way").isFalse();
    gate.leave(true);

    assertThat(gate.isDone()).isTrue();
    assertThat(gate.enter()).isEqualTo(NONE);
  }

  @Test
  void betweenMessagesTheStopIsAtOnce() {
    gate.stop();

    assertThat(gate.isDone()).isTrue();
    assertThat(gate.enter()).isEqualTo(NONE);
  }

  @Test
  void nothingPassesAGateThatIsShut() {
    assertThat(gate.enter()).isEqualTo(FIRST);
    gate.leave(false);
    gate.shut();

    assertThat(gate.enter()).isEqualTo(NONE);
    assertThat(gate.isDone()).isTrue();
  }
}
