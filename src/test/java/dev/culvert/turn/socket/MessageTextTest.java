package dev.culvert.turn.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.turn.RequestMemory;
import org.junit.jupiter.api.Test;

class MessageTextTest {

  private final MessageText message = new MessageText(5, new RequestMemory(0).share());

  @Test
  void aMessageIsAllItsPieces() {
    message.add("ab");
    message.add("");
    message.add("cde");

    assertThat(message.isTooLong()).isFalse();
    assertThat(message.take()).isEqualTo("abcde");
    assertThat(message.take()).isEmpty();
  }

  @Test
  void ofOneThatIsTooLongNothingIsKept() {
    message.add("abc");
    message.add("def");
    message.add("g");

    assertThat(message.isTooLong()).isTrue();
    assertThat(message.take()).isEmpty();
    message.add("next");
    assertThat(message.isTooLong()).isFalse();
    assertThat(message.take()).isEqualTo("next");
  }
}
