package dev.culvert.handshake;

import static dev.culvert.handshake.Requests.ordinary;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaxForwardsTest {

  private static ClientRequest options(String value) {
    return ordinary().method("OPTIONS").adding("Max-Forwards", value).request();
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "10, 9", "007, 6", "123456789012345678901234567890, 999999998"})
  void it_is_counted_down(String value, String next) {
    ClientRequest request = options(value);

    assertThat(MaxForwards.check(request)).isEmpty();
    assertThat(MaxForwards.isSpent(request)).isFalse();
    assertThat(MaxForwards.counted(request, request.headers()).values("Max-Forwards"))
        .containsExactly(next);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "000"})
  void at_zero_the_request_is_for_us(String value) {
    assertThat(MaxForwards.isSpent(options(value))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "x", "", "1, 1"})
  void what_is_no_number_is_400(String value) {
    Refusal refusal = MaxForwards.check(options(value)).orElseThrow();

    assertThat(refusal.status()).isEqualTo(400);
    assertThat(refusal.detail()).startsWith("Max-Forwards: ").endsWith("(expected: one number)");
  }

  @Test
  void to_other_methods_it_means_nothing() {
    ClientRequest get = ordinary().adding("Max-Forwards", "0").request();

    assertThat(MaxForwards.check(get)).isEmpty();
    assertThat(MaxForwards.isSpent(get)).isFalse();
    assertThat(MaxForwards.counted(get, get.headers())).isEqualTo(get.headers());
  }
}
