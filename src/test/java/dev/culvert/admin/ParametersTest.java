package dev.culvert.admin;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParametersTest {

  @Test
  void valuesAreReadInUtf8() {
    assertThat(of("user=j%C3%B6rg+m%C3%BCller&id=a&id=b&all").values())
        .isEqualTo(
            Map.of(
                "user", List.of("j\u00f6rg m\u00fcller"),
                "id", List.of("a", "b"),
                "all", List.of("")));
  }

  @Test
  void withoutAnyThereIsNothingToBeRead() {
    assertThat(of("")).isEqualTo(of(null));
    assertThat(of("").values()).isEmpty();
    assertThat(of("").fault()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"user=50%", "user=50%zz", "user=M%FCller", "%C3=x"})
  void whatCannotBeReadIsAFaultAndNotLeftOut(String query) {
    assertThat(of("route=one&" + query).fault())
        .hasValueSatisfying(
            fault ->
                assertThat(fault)
                    .startsWith("query: ")
                    .endsWith("(expected: encoded as in a URL)"));
  }

  @ParameterizedTest
  @CsvSource({"Content-Length, 3", "Transfer-Encoding, chunked"})
  void aBodyIsNotLookedAt(String name, String value) {
    assertThat(Parameters.of(request("a=b", name, value)).fault())
        .hasValue("body: present (expected: none, parameters stand in the query)");
  }

  @ParameterizedTest
  @CsvSource({
    "a=x, ''",
    "'', a: 0 (expected: one name)",
    "a=, a: 1 (expected: one name)",
    "a=x&a=y, a: 2 (expected: one name)",
    "a=x&b=y, b: unknown (expected: a)",
    "b=y, b: unknown (expected: a)"
  })
  void whatIsExpectedStandsThereOnceAndNothingElse(String query, String fault) {
    assertThat(of(query).faultUnless(List.of("a")).orElse("")).isEqualTo(fault);
  }

  @Test
  void whereNoneAreExpectedEachIsUnknown() {
    assertThat(of("a=x").faultUnless(List.of())).hasValue("a: unknown (expected: none)");
  }

  private static Parameters of(String query) {
    return Parameters.of(request(query, "", ""));
  }

  private static HttpServletRequest request(String query, String field, String value) {
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            ParametersTest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getQueryString" -> query;
                  case "getContentLengthLong" ->
                      field.equals("Content-Length") ? Long.parseLong(value) : -1L;
                  case "getHeader" -> arguments[0].equals(field) ? value : null;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }
}
