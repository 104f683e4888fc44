package dev.culvert.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersTest {

  @Test
  void namesCompareWithoutCase() {
    assertThat(Headers.of("SET-Cookie", "a", "set-cookie", "b").values("Set-Cookie"))
        .containsExactly("a", "b");
  }

  @Test
  void severalFieldsMayBeMadeOneInThePlaceOfTheFirst() {
    Headers headers = Headers.of("A", "1", "cookie", "x=1", "B", "2", "Cookie", "y=2");

    assertThat(headers.joined("Cookie", "; "))
        .isEqualTo(Headers.of("A", "1", "cookie", "x=1; y=2", "B", "2"));
    assertThat(headers.joined("A", "; ")).isEqualTo(headers);
    assertThat(headers.joined("C", "; ")).isEqualTo(headers);
  }

  @Test
  void namesOfOtherAlphabetsDoNotFoldIntoAscii() {
    assertThat(Headers.of("\u212Aeep-Alive", "x").contains("Keep-Alive")).isFalse();
  }

  @Test
  void aListMayBeSpreadOverSeveralFields() {
    Headers headers = Headers.of("Connection", "keep-alive, ", "connection", ",\tUpgrade ,");

    assertThat(headers.tokens("Connection")).containsExactly("keep-alive", "Upgrade");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Upgrade", "upgrade", "keep-alive, Upgrade", "UPGRADE,keep-alive"})
  void aTokenIsFoundInAnyPlaceAndCase(String value) {
    assertThat(Headers.of("Connection", value).hasToken("Connection", "upgrade")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Upgraded", "up grade", "\"upgrade\"", "keep-alive; upgrade"})
  void aTokenMustBeAWholeElement(String value) {
    assertThat(Headers.of("Connection", value).hasToken("Connection", "upgrade")).isFalse();
  }

  @Test
  void quotesDoNotHideTokens() {
    assertThat(Headers.of("Connection", "\"a, upgrade, b\"").hasToken("Connection", "upgrade"))
        .isTrue();
  }

  @Test
  void quotedCommasAreKeptWhereQuotesMatter() {
    assertThat(FieldList.splitQuoted("a;x=\"1,\\\",2\", b"))
        .containsExactly("a;x=\"1,\\\",2\"", "b");
  }

  @Test
  void singleIsEmptyForDuplicates() {
    assertThat(Headers.of("Host", "a", "host", "a").single("Host")).isEmpty();
  }

  @Test
  void withoutLeavesTheOrderOfTheRest() {
    assertThat(Headers.of("A", "1", "B", "2", "a", "3", "C", "4").without("a"::equals))
        .isEqualTo(Headers.of("B", "2", "C", "4"));
  }

  @Test
  void aNameWithoutValueIsAnError() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Headers.of("Host"))
        .withMessage("namesAndValues: 1 strings (expected: an even number)");
  }

  @Test
  void textDoesNotShowValues() {
    assertThat(Headers.of("Authorization", "secret")).hasToString("[Authorization]");
  }
}
