package dev.culvert.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CloseCodesTest {

  @ParameterizedTest
  @CsvSource({
    "1000, 1000, 1000", "1005, 1000, 1000", "1006, 1001, 1011", "1015, 1001, 1011",
    "1012, 1012, 1012", "3000, 3000, 3000", "4999, 4999, 4999", "5000, 1001, 1011",
    "999, 1001, 1011", "2000, 1001, 1011",
  })
  void whatOneSideSaysToTheOther(int code, int towardsUpstream, int towardsClient) {
    assertThat(CloseCodes.towardsUpstream(code)).isEqualTo(towardsUpstream);
    assertThat(CloseCodes.towardsClient(code)).isEqualTo(towardsClient);
  }

  @Test
  void aReasonIsCutBetweenCharacters() {
    assertThat(CloseCodes.fitting("short")).isEqualTo("short");
    String cut = CloseCodes.fitting("🦊".repeat(40));
    assertThat(cut).isEqualTo("🦊".repeat(30));
    assertThat(cut.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(123);
  }
}
