package dev.culvert.handshake;

import static dev.culvert.handshake.Requests.PRIVATE_PROXIES;
import static dev.culvert.handshake.Requests.ordinary;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.HeaderRules;
import dev.culvert.config.Route;
import dev.culvert.config.Upstream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an upstream of a route in mode {@code http} is asked. */
class ProxiedRequestTest {

  private static final Upstream.Address ADDRESS =
      new Upstream.Address("http", "up.test", 9000, "/prefix");

  @Test
  void end_to_end_fields_go_through_in_order_and_forwarding_fields_follow() {
    ProxiedRequest.Ready request =
        ready(
            ordinary()
                .method("PATCH")
                .query("a=%2F")
                .adding("X-Two", "1")
                .adding("x-two", "2")
                .adding("Range", "bytes=0-4,9-")
                .adding("If-Range", "\"tag\""));

    assertThat(request.method()).isEqualTo("PATCH");
    assertThat(request.host()).isEqualTo("gateway.test");
    assertThat(request.target()).isEqualTo("/prefix/chat/room?a=%2F");
    assertThat(request.headers())
        .isEqualTo(
            Headers.of(
                "X-Two", "1",
                "x-two", "2",
                "Range", "bytes=0-4,9-",
                "If-Range", "\"tag\"",
                "X-Forwarded-For", "192.0.2.7",
                "X-Forwarded-Proto", "http",
                "X-Forwarded-Host", "gateway.test",
                "Forwarded", "for=192.0.2.7;host=\"gateway.test\";proto=http",
                "Via", "1.1 culvert"));
  }

  @Test
  void via_is_continued_and_says_how_the_request_came() {
    Requests request = ordinary().protocol("HTTP/2.0").adding("Via", "1.0 fred");

    assertThat(headers(request).values("Via")).containsExactly("1.0 fred", "2.0 culvert");
  }

  @Test
  void a_route_may_take_via_out() {
    HeaderRules rules = new HeaderRules(Map.of(), Map.of(), Set.of("via"));

    assertThat(headers(ordinary(), Routes.withRequestRules(rules), Map.of()).contains("Via"))
        .isFalse();
  }

  @Test
  void max_forwards_of_options_is_counted_down() {
    Requests request = ordinary().adding("Max-Forwards", "3");

    assertThat(headers(request.method("OPTIONS")).values("Max-Forwards")).containsExactly("2");
    assertThat(headers(request).values("Max-Forwards")).containsExactly("3");
  }

  @Test
  void what_only_proxies_may_say_goes_through_from_trusted_ones() {
    Requests request = ordinary().adding("X-Real-IP", "6.6.6.6").adding("X-Forwarded-Port", "1");

    assertThat(ready(request).headers().fields())
        .extracting(Headers.Field::name)
        .doesNotContain("X-Real-IP", "X-Forwarded-Port");
    assertThat(ready(request.from("10.0.0.1")).headers().fields())
        .extracting(Headers.Field::name)
        .contains("X-Real-IP", "X-Forwarded-Port");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection",
        "Content-Length",
        "HTTP2-Settings",
        "Keep-Alive",
        "Proxy-Authorization",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade"
      })
  void fields_of_the_connection_stay_here(String name) {
    assertThat(headers(ordinary().adding(name, "5")).contains(name)).isFalse();
  }

  @Test
  void fields_that_connection_lists_stay_here() {
    Headers headers =
        headers(
            ordinary()
                .adding("Connection", "close, X-Hop")
                .adding("connection", "Authorization, X-Forwarded-For")
                .adding("X-Hop", "1")
                .adding("Authorization", "Bearer t")
                .adding("X-Own", "1"));

    assertThat(headers.fields())
        .extracting(Headers.Field::name)
        .containsExactly(
            "X-Own",
            "X-Forwarded-For",
            "X-Forwarded-Proto",
            "X-Forwarded-Host",
            "Forwarded",
            "Via");
  }

  @ParameterizedTest
  @CsvSource({"trailers, trailers", "'gzip, Trailers;q=0.5', ", "'deflate, trailers', trailers"})
  void of_te_only_trailers_are_asked_for(String value, String expected) {
    assertThat(headers(ordinary().adding("TE", value)).values("TE"))
        .isEqualTo(expected == null ? List.of() : List.of(expected));
  }

  @Test
  void an_expectation_is_passed_on_with_a_body() {
    Requests expecting = ordinary().method("PUT").adding("Expect", "100-Continue");

    assertThat(headers(expecting.withBody()).values("Expect")).containsExactly("100-continue");
    assertThat(headers(expecting).contains("Expect")).isFalse();
    assertThat(headers(expecting.setting("Expect", "miracles").withBody()).contains("Expect"))
        .isFalse();
  }

  @Test
  void what_an_untrusted_client_says_of_others_is_not_believed() {
    Headers headers =
        headers(
            ordinary()
                .adding("X-Forwarded-For", "203.0.113.9")
                .adding("X_Forwarded_Proto", "https")
                .adding("Forwarded", "for=203.0.113.9"));

    assertThat(headers.values("X-Forwarded-For")).containsExactly("192.0.2.7");
    assertThat(headers.contains("X_Forwarded_Proto")).isFalse();
    assertThat(headers.values("Forwarded")).noneMatch(value -> value.contains("203.0.113.9"));
  }

  @Test
  void what_a_trusted_proxy_says_is_continued() {
    Headers headers =
        headers(
            ordinary()
                .from("10.0.0.1")
                .adding("X-Forwarded-For", "203.0.113.9")
                .adding("X-Forwarded-Proto", "https"));

    assertThat(headers.values("X-Forwarded-For")).containsExactly("203.0.113.9, 10.0.0.1");
    assertThat(headers.values("X-Forwarded-Proto")).containsExactly("https");
  }

  @Test
  void rules_come_after_the_forwarding_fields_and_leave_the_connections_alone() {
    HeaderRules rules =
        new HeaderRules(
            Map.of("X-Forwarded-For", "hidden", "Host", "evil.test", "Transfer-Encoding", "x"),
            Map.of("X-Add", List.of("1", "2"), "Content-Length", List.of("3")),
            Set.of("forwarded", "cookie"));

    Headers headers =
        headers(ordinary().adding("Cookie", "a=1"), Routes.withRequestRules(rules), Map.of());

    assertThat(headers)
        .isEqualTo(
            Headers.of(
                "X-Forwarded-Proto", "http",
                "X-Forwarded-Host", "gateway.test",
                "Via", "1.1 culvert",
                "X-Forwarded-For", "hidden",
                "X-Add", "1",
                "X-Add", "2"));
  }

  @Test
  void a_rule_also_takes_what_upstreams_read_as_the_same_name() {
    HeaderRules rules = new HeaderRules(Map.of("X-Tenant", "blue"), Map.of(), Set.of("x-debug"));
    Requests request = ordinary().adding("X_Tenant", "red").adding("x_Debug", "1");

    assertThat(headers(request, Routes.withRequestRules(rules), Map.of()).fields())
        .doesNotContain(new Headers.Field("X_Tenant", "red"), new Headers.Field("x_Debug", "1"))
        .contains(new Headers.Field("X-Tenant", "blue"));
  }

  @Test
  void so_does_an_account() {
    Headers headers =
        headers(
            ordinary().adding("X_Team-Key", "clients"), Routes.PLAIN, Map.of("X-Team-Key", "ours"));

    assertThat(headers.contains("X_Team-Key")).isFalse();
    assertThat(headers.values("X-Team-Key")).containsExactly("ours");
  }

  @Test
  void an_accounts_credential_takes_the_place_of_the_clients() {
    Headers headers =
        headers(
            ordinary().adding("authorization", "Basic clients").adding("X-Own", "clients"),
            Routes.withRequestRules(
                new HeaderRules(Map.of("Authorization", "of a rule"), Map.of(), Set.of())),
            Map.of("Authorization", "Bearer ours"));

    assertThat(headers.values("Authorization")).containsExactly("Bearer ours");
    assertThat(headers.values("X-Own")).containsExactly("clients");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "authorization",
        "X-Api-Key",
        "X_API_KEY",
        "Api-Key",
        "X-Goog-Api-Key",
        "OpenAI-Organization",
        "openai_project"
      })
  void beside_an_account_a_client_shows_no_other_credential_and_chooses_nobody_to_pay(String name) {
    Requests request = ordinary().adding(name, "clients");

    assertThat(headers(request, Routes.PLAIN, Map.of("X-Team-Key", "ours")).contains(name))
        .isFalse();
    assertThat(headers(request).values(name)).as("without one").containsExactly("clients");
  }

  @Test
  void but_a_rule_may_do_so() {
    HeaderRules rules =
        new HeaderRules(
            Map.of("OpenAI-Project", "of a rule"),
            Map.of("Authorization", List.of("of a rule")),
            Set.of());
    Requests request =
        ordinary().adding("OpenAI-Project", "clients").adding("Authorization", "clients");

    Headers headers = headers(request, Routes.withRequestRules(rules), Map.of("X-Api-Key", "ours"));

    assertThat(headers.values("OpenAI-Project")).containsExactly("of a rule");
    assertThat(headers.values("Authorization")).containsExactly("of a rule");
  }

  @Test
  void the_route_may_show_the_upstreams_host() {
    assertThat(ready(ordinary(), Routes.withUpstreamHost(), Map.of()).host())
        .isEqualTo("up.test:9000");
  }

  @Test
  void it_does_not_show_values_as_text() {
    assertThat(ready(ordinary().query("key=s3cret").adding("Authorization", "s3cret")).toString())
        .contains("Authorization")
        .doesNotContain("s3cret");
  }

  @Test
  void the_body_of_options_has_a_type() {
    Requests options = ordinary().method("OPTIONS").withBody();

    assertThat(refused(options, Routes.PLAIN).status()).isEqualTo(400);
    assertThat(headers(options.adding("Content-Type", "text/plain")).values("Content-Type"))
        .containsExactly("text/plain");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a/../b", "/%2e%2e/b", "/a b", "/a#b", "/./a"})
  void a_path_that_upstreams_may_read_otherwise_is_400(String path) {
    assertThat(refused(ordinary().path(path), Routes.PLAIN).status()).isEqualTo(400);
  }

  @Test
  void a_value_that_would_be_a_field_of_its_own_is_400_and_not_shown() {
    Refusal refusal = refused(ordinary().adding("X-A", "s3cret\r\nX-B: b"), Routes.PLAIN);

    assertThat(refusal.status()).isEqualTo(400);
    assertThat(refusal.detail()).doesNotContain("s3cret");
  }

  @Test
  void a_rule_or_template_that_cannot_be_sent_is_500() {
    Route rule =
        Routes.withRequestRules(new HeaderRules(Map.of("X-A", "a\nb"), Map.of(), Set.of()));

    assertThat(refused(ordinary(), rule).status()).isEqualTo(500);
    assertThat(refused(ordinary(), Routes.rewriting("/a b{path}")).status()).isEqualTo(500);
  }

  private static Headers headers(Requests request) {
    return ready(request).headers();
  }

  private static Headers headers(Requests request, Route route, Map<String, String> credentials) {
    return ready(request, route, credentials).headers();
  }

  private static ProxiedRequest.Ready ready(Requests request) {
    return ready(request, Routes.PLAIN, Map.of());
  }

  private static ProxiedRequest.Ready ready(
      Requests request, Route route, Map<String, String> credentials) {
    return assertThat(build(request, route, credentials))
        .asInstanceOf(InstanceOfAssertFactories.type(ProxiedRequest.Ready.class))
        .actual();
  }

  private static Refusal refused(Requests request, Route route) {
    return assertThat(build(request, route, Map.of()))
        .asInstanceOf(InstanceOfAssertFactories.type(Refusal.class))
        .actual();
  }

  private static ProxiedRequest build(
      Requests requests, Route route, Map<String, String> credentials) {
    ClientRequest request = requests.request();
    return ProxiedRequest.build(
        request, route, ADDRESS, ForwardedClient.of(request, PRIVATE_PROXIES), credentials);
  }
}
