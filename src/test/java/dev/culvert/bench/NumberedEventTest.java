package dev.culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumberedEventTest {

  private final NumberedEvent event = new NumberedEvent();

  @ParameterizedTest
  @ValueSource(longs = {0, 7, 9_876_543_210_123_456L})
  void isAnEventOfFixedLength(long number) {
    String before = StandardCharsets.US_ASCII.decode(event.numbered(1)).toString();
    String text = StandardCharsets.US_ASCII.decode(event.numbered(number)).toString();

    assertThat(text)
        .hasSize(NumberedEvent.LENGTH)
        .matches("id: %016d\ndata: x+\n\n".formatted(number))
        .isNotEqualTo(before);
  }
}
