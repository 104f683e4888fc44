package dev.culvert.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearMissTest {

  @ParameterizedTest
  @CsvSource({
    "roles, roles, 0",
    "roles, Roles, 0",
    "role, roles, 1",
    "rolles, roles, 1",
    "rales, roles, 1",
    "rloes, roles, 1",
    "'', abc, 3",
    "abc, '', 3",
    "kitten, sitting, 3",
    "ab, ba, 1",
    "ca, abc, 3",
  })
  void distanceCountsEdits(String one, String other, int edits) {
    assertThat(NearMiss.distance(one, other)).isEqualTo(edits);
  }

  @Test
  void nearestCandidateIsFound() {
    assertThat(NearMiss.of("hots", List.of("hats", "hosts", "host", "x"), 2)).contains("hats");
    assertThat(NearMiss.of("hots", List.of("hoofs", "hoots"), 2)).contains("hoots");
    assertThat(NearMiss.of("host", List.of("path", "roles"), 2)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"a, 1", "abcdefg, 1", "abcdefgh, 2", "abcdefghijkl, 3", "abcdefghijklmnopqrst, 3"})
  void longerWordsMayHaveMoreEdits(String word, int edits) {
    assertThat(NearMiss.tolerance(word)).isEqualTo(edits);
  }
}
