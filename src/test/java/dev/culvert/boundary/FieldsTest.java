package dev.culvert.boundary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FieldsTest {

  public record Plain(
      String text, int small, long large, double real, boolean flag, List<String> list) {}

  private static final Plain VALUE = new Plain("t", 1, 2L, 3.5, true, List.of("x"));

  @Test
  void aRecordComesBackAsItWas() {
    assertThat(Fields.to(Plain.class, Fields.of(VALUE))).isEqualTo(VALUE);
  }

  @Test
  void theMapHasEveryField() {
    assertThat(Fields.of(VALUE))
        .isEqualTo(
            Map.of(
                "text",
                "t",
                "small",
                1,
                "large",
                2L,
                "real",
                3.5,
                "flag",
                true,
                "list",
                List.of("x")));
  }

  @Test
  void theMapIsTheCallersOwn() {
    Map<String, Object> fields = Fields.of(VALUE);
    fields.put("text", "other");

    assertThat(Fields.to(Plain.class, fields).text()).isEqualTo("other");
    assertThat(VALUE.text()).isEqualTo("t");
  }

  @Test
  void aFieldOfANewerSideIsLeftOut() {
    Map<String, Object> fields = Fields.of(VALUE);
    fields.put("addedLater", "value");

    assertThat(Fields.to(Plain.class, fields)).isEqualTo(VALUE);
  }

  @Test
  void aFieldThatAnOlderSideDoesNotSendIsNullZeroOrFalse() {
    assertThat(Fields.to(Plain.class, Map.of())).isEqualTo(new Plain(null, 0, 0L, 0d, false, null));
  }

  @Test
  void aFieldOfTheWrongTypeIsRefused() {
    Map<String, Object> fields = Fields.of(VALUE);
    fields.put("large", "2");

    assertThatThrownBy(() -> Fields.to(Plain.class, fields))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theProtocolHasANumber() {
    assertThat(Protocol.version()).isPositive();
  }
}
