package dev.culvert.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "512, 512",
    "512B, 512",
    "64KiB, 65536",
    "16MiB, 16777216",
    "1GiB, 1073741824",
    "1024GiB, 1099511627776",
  })
  void size(String text, long bytes) {
    assertThat(Sizes.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-1",
        "1KB",
        "1MB",
        "1GB",
        "1K",
        "1kib",
        "1 KiB",
        "1.5MiB",
        "1025GiB",
        "9999999999GiB",
        "99999999999"
      })
  void noSize(String text) {
    assertThatThrownBy(() -> Sizes.parse(text))
        .isInstanceOf(BadValueException.class)
        .hasMessageStartingWith("expected: a size from 0 to 1024GiB");
  }
}
