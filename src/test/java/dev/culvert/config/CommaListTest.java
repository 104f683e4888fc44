package dev.culvert.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommaListTest {

  @Test
  void entriesAreTrimmedAndEmptyOnesLeftOut() {
    assertThat(CommaList.split(" a, ,b c ,,")).containsExactly("a", "b c");
  }

  @Test
  void nothingHasNoEntries() {
    assertThat(CommaList.split(" , ")).isEmpty();
  }

  @Test
  void backslashEscapesAComma() {
    assertThat(CommaList.split("a\\,b,\\,")).containsExactly("a,b", ",");
  }

  @Test
  void anyOtherBackslashIsABackslash() {
    assertThat(CommaList.split("a\\b,c\\")).containsExactly("a\\b", "c\\");
  }
}
