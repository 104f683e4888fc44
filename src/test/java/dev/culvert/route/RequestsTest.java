package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.Cidr;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.ForwardedClient;
import dev.culvert.handshake.Headers;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read from a request of the server. */
class RequestsTest {

  @ParameterizedTest
  @CsvSource({
    "/admin/x, /admin/x",
    "//admin/x, /admin/x",
    "/admin//x, /admin/x",
    "///, /",
    "/admin/, /admin/"
  })
  void the_route_is_chosen_without_empty_segments(String servletPath, String matched) {
    assertThat(Requests.path(request(Map.of("getServletPath", servletPath)))).isEqualTo(matched);
  }

  @ParameterizedTest
  @CsvSource({
    "/open/admin%2Fx, /open/admin/x",
    "/open%2fadmin%5Cx, /open/admin/x",
    "/open\\admin/x, /open/admin/x",
    "/open/%2Fadmin, /open/admin",
    "/open/a%20b, /open/a%20b"
  })
  void an_upstream_may_see_more_slashes(String servletPath, String seen) {
    assertThat(
            Requests.withMoreSlashes(Requests.path(request(Map.of("getServletPath", servletPath)))))
        .isEqualTo(seen);
  }

  @Test
  void the_path_info_counts_too() {
    HttpServletRequest request = request(Map.of("getServletPath", "/admin", "getPathInfo", "//x"));

    assertThat(Requests.path(request)).isEqualTo("/admin/x");
  }

  @ParameterizedTest
  @CsvSource({
    "/app/chat/x, /chat/x",
    "/app, ''",
    "/app//chat, //chat",
    "/%61pp/chat, /chat",
    "//app/chat, /chat",
    "/;x/app/chat, /chat",
    "/;x//;y/%61pp/chat, /chat",
    "/app;x/chat, ;x/chat",
    "///%61pp//chat, //chat",
    "/%61pp, ''"
  })
  void the_path_below_the_context_root_stays_as_it_was_sent(String uri, String below) {
    HttpServletRequest request = request(Map.of("getRequestURI", uri, "getContextPath", "/app"));

    assertThat(Requests.of(request).path()).isEqualTo(below);
  }

  @ParameterizedTest
  @CsvSource({
    "/app/chat, /app, true",
    "/app, /app, true",
    "/%61pp/chat, /app, true",
    "/%61pp;x//chat, /app, true",
    "//;x/app/chat, /app, true",
    "/my%20%61pp/b/chat, /my%20app/b, true",
    "/a+b/%63hat, /a+b, true",
    "/%61+b/chat, /a+b, true",
    "/100%/chat, /100%, true",
    "//100%/chat, /100%, true",
    "/%61pp%2Fopen/admin, /app, false",
    "/%61pp%5Copen/admin, /app, false",
    "/%61pp\\open/admin, /app, false",
    "/./app/admin, /app, false",
    "/%2e/app/admin, /app, false",
    "/.;/app/admin, /app, false",
    "/x/../app/admin, /app, false",
    "/x%2F..%2Fapp/admin, /app, false"
  })
  void nothing_but_the_context_path_stands_before_the_path(
      String uri, String contextPath, boolean so) {
    HttpServletRequest request =
        request(Map.of("getRequestURI", uri, "getContextPath", contextPath));

    assertThat(Requests.isBelowContextPath(request)).isEqualTo(so);
  }

  @Test
  void a_path_may_have_as_many_parameters_as_fit() {
    String uri = "/;".repeat(100_000) + "/app/chat";

    assertThat(Requests.rawPath(request(Map.of("getRequestURI", uri, "getContextPath", "/app"))))
        .isEqualTo("/chat");
  }

  /** Grizzly may be at work on the trailers of a short body. */
  @Test
  void fields_that_are_half_there_are_left_out() {
    Map<String, List<String>> fields = new LinkedHashMap<>();
    fields.put("Host", List.of("here"));
    fields.put(null, List.of("value"));
    fields.put("x-sum", Collections.singletonList(null));
    HttpServletRequest request =
        Stub.of(
            HttpServletRequest.class,
            Map.of(
                "getRequestURI", arguments -> "/",
                "getContextPath", arguments -> "",
                "getMethod", arguments -> "POST",
                "getProtocol", arguments -> "HTTP/2.0",
                "getScheme", arguments -> "http",
                "getHeaderNames", arguments -> Collections.enumeration(fields.keySet()),
                "getHeaders", arguments -> Collections.enumeration(fields.get(arguments[0]))));

    assertThat(Requests.of(request).headers()).isEqualTo(Headers.of("Host", "here"));
  }

  /** RFC 9113 section 8.2.3. */
  @ParameterizedTest
  @CsvSource({"HTTP/2.0, 'a=1; b=2; c=3'", "HTTP/1.1, 'a=1|b=2; c=3'"})
  void cookies_that_http2_has_split_are_one_field(String protocol, String cookies) {
    List<String> sent = List.of("a=1", "b=2; c=3");
    HttpServletRequest request =
        Stub.of(
            HttpServletRequest.class,
            Map.of(
                "getRequestURI", arguments -> "/",
                "getContextPath", arguments -> "",
                "getMethod", arguments -> "GET",
                "getProtocol", arguments -> protocol,
                "getScheme", arguments -> "http",
                "getHeaderNames", arguments -> Collections.enumeration(List.of("cookie")),
                "getHeaders", arguments -> Collections.enumeration(sent)));

    assertThat(Requests.of(request).headers().values("Cookie"))
        .isEqualTo(List.of(cookies.split("\\|")));
  }

  @Test
  void a_peer_without_an_address_is_not_a_trusted_proxy() {
    ClientRequest request = Requests.of(request(Map.of("getRequestURI", "/")));

    List<Cidr> local = List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1"));
    assertThat(ForwardedClient.of(request, local).viaTrustedProxy()).isFalse();
  }

  private static HttpServletRequest request(Map<String, Object> values) {
    Map<String, Function<Object[], Object>> answers = new HashMap<>();
    answers.put("getMethod", arguments -> "GET");
    answers.put("getProtocol", arguments -> "HTTP/1.1");
    answers.put("getScheme", arguments -> "http");
    answers.put("getContextPath", arguments -> "");
    answers.put("getHeaderNames", arguments -> Collections.emptyEnumeration());
    values.forEach((method, value) -> answers.put(method, arguments -> value));
    return Stub.of(HttpServletRequest.class, answers);
  }
}
