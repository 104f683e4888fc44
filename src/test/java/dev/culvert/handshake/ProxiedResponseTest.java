package dev.culvert.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.HeaderRules;
import dev.culvert.config.Route;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client of a route in mode {@code http} gets. */
class ProxiedResponseTest {

  @Test
  void end_to_end_fields_go_through_in_order() {
    Headers upstream =
        Headers.of(
            "Date", "today",
            "Set-Cookie", "a=1",
            "set-cookie", "b=2",
            "Accept-Ranges", "bytes",
            "Content-Range", "bytes 0-4/10");

    ProxiedResponse.Ready ready = ready(206, upstream, true, Routes.PLAIN);

    assertThat(ready.status()).isEqualTo(206);
    assertThat(ready.headers()).isEqualTo(upstream);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection",
        "Content-Length",
        "Keep-Alive",
        "Proxy-Authenticate",
        "Proxy-Connection",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "X-Hop"
      })
  void fields_of_the_connection_stay_here(String name) {
    Headers upstream = Headers.of("Connection", "close, x-hop", name, "5", "X-Own", "1");

    assertThat(ready(200, upstream, true, Routes.PLAIN).headers())
        .isEqualTo(Headers.of("X-Own", "1"));
  }

  @Test
  void rules_remove_set_and_add_but_not_what_is_the_connections() {
    Route route =
        Routes.withResponseRules(
            new HeaderRules(
                Map.of("X-Set", "new", "Connection", "close"),
                Map.of("X-Add", List.of("1", "2"), "Content-Length", List.of("7")),
                Set.of("server")));
    Headers upstream = Headers.of("Server", "secret", "x-set", "old", "X-Add", "0");

    assertThat(ready(200, upstream, true, route).headers())
        .isEqualTo(Headers.of("X-Add", "0", "X-Set", "new", "X-Add", "1", "X-Add", "2"));
  }

  @ParameterizedTest
  @CsvSource({
    "text/event-stream, true, true",
    "Text/Event-Stream; charset=utf-8, true, true",
    "application/grpc+proto, true, true",
    "text/html, false, true",
    "text/html, true, false"
  })
  void what_a_client_may_wait_for_is_flushed(String type, boolean lengthKnown, boolean flushed) {
    assertThat(ready(200, Headers.of("Content-Type", type), lengthKnown, Routes.PLAIN).flushed())
        .isEqualTo(flushed);
  }

  @ParameterizedTest
  @ValueSource(ints = {199, 101, 0, 600, 999})
  void a_status_that_is_none_is_502(int status) {
    assertThat(refused(status, Headers.NONE, Routes.PLAIN).status()).isEqualTo(502);
  }

  @Test
  void a_field_that_cannot_be_sent_is_502_and_its_value_not_shown() {
    Refusal refusal = refused(200, Headers.of("X-A", "s3cret\n"), Routes.PLAIN);

    assertThat(refusal.status()).isEqualTo(502);
    assertThat(refusal.detail()).contains("X-A").doesNotContain("s3cret");
  }

  @Test
  void a_rule_that_cannot_be_sent_is_500() {
    Route route =
        Routes.withResponseRules(new HeaderRules(Map.of("X-A", "a\rb"), Map.of(), Set.of()));

    assertThat(refused(200, Headers.NONE, route).status()).isEqualTo(500);
  }

  private static ProxiedResponse.Ready ready(
      int status, Headers upstream, boolean lengthKnown, Route route) {
    return assertThat(ProxiedResponse.build(status, upstream, lengthKnown, route))
        .asInstanceOf(InstanceOfAssertFactories.type(ProxiedResponse.Ready.class))
        .actual();
  }

  private static Refusal refused(int status, Headers upstream, Route route) {
    return assertThat(ProxiedResponse.build(status, upstream, true, route))
        .asInstanceOf(InstanceOfAssertFactories.type(Refusal.class))
        .actual();
  }
}
