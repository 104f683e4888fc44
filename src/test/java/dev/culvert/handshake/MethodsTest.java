package dev.culvert.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Methods of requests, which pass or do not. */
class MethodsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET",
        "HEAD",
        "POST",
        "PUT",
        "DELETE",
        "OPTIONS",
        "PATCH",
        "QUERY",
        "PROPFIND",
        "report"
      })
  void methods_pass_on_known_or_not(String method) {
    assertThat(Methods.check(Requests.ordinary().method(method).request())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"CONNECT", "TRACE"})
  void those_about_proxies_are_refused(String method) {
    Refusal refusal = Methods.check(Requests.ordinary().method(method).request()).orElseThrow();

    assertThat(refusal.status()).isEqualTo(405);
    assertThat(refusal.headers().contains("Allow")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "get", "head", "Head", "pOST", "put", "delete", "connect", "Connect", "options", "trace",
        "tRACE", "patch", "query"
      })
  void the_name_of_another_in_other_letters_is_no_method(String method) {
    Refusal refusal = Methods.check(Requests.ordinary().method(method).request()).orElseThrow();

    assertThat(refusal.status()).isEqualTo(501);
    assertThat(refusal.outcome()).isEqualTo(Outcome.REFUSED);
  }
}
