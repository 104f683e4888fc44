package dev.culvert.route;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.HostBoundary;
import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.ForwardedClient;
import dev.culvert.handshake.Headers;
import dev.culvert.http.Plan;
import dev.culvert.http.Timeouts;
import dev.culvert.http.UpstreamCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an upstream of a route in mode {@code http} is asked, with whose credential. */
class HttpPlanTest {

  private static final String ROUTE = "culvert.routes.chat.";
  private static final String TRANSPORT = "culvert.transport.";

  private final List<String> evicted = new ArrayList<>();
  private String salt = "salt";
  private Settings settings = accounts("first-secret");
  private final Gateway gateway =
      new Gateway(
          "app",
          Stub.of(
              HostBoundary.class,
              Map.of(
                  "deploy", arguments -> 7L,
                  "salt", arguments -> salt,
                  "evict", arguments -> evict(arguments[0] + " " + arguments[1]))),
          settings,
          () -> settings);

  private int evict(String account) {
    evicted.add(account);
    return 1;
  }

  @AfterEach
  void stop() {
    gateway.stop();
  }

  private static Settings http(String... more) {
    List<String> all = new ArrayList<>();
    all.addAll(List.of(ROUTE + "mode", "http", "culvert.upstreams.up.url", "http://up.test"));
    all.addAll(List.of(more));
    return TestSettings.of(all.toArray(String[]::new));
  }

  /** Two; the secret is that of {@code acme}. */
  private static Settings accounts(String secret, String... more) {
    List<String> all = new ArrayList<>();
    all.addAll(List.of("culvert.upstreams.up.accounts", "acme, spare"));
    all.addAll(List.of("culvert.accounts.acme.header.X-Api-Key", secret));
    all.addAll(List.of("culvert.accounts.spare.header.X-Api-Key", "spare-secret"));
    all.addAll(List.of(more));
    return http(all.toArray(String[]::new));
  }

  private HttpPlan plan(Settings begun) {
    Route route = begun.routes().get("chat");
    ClientRequest request = TestRequests.get("/chat", Headers.of("Host", "gateway.test"));
    ForwardedClient client = ForwardedClient.of(request, List.of());
    HttpReport report = new HttpReport(gateway, route, client.addressText(), request);
    return new HttpPlan(gateway, begun, route, request, client, Optional.of("session"), report);
  }

  private Plan.Send send(Settings begun) {
    Upstream upstream = begun.upstreams().get("up");
    return (Plan.Send) plan(begun).plan(upstream, upstream.addresses().get(0));
  }

  private UpstreamCall.Limits limits(String... keysAndValues) {
    return send(http(keysAndValues)).limits();
  }

  @Test
  void connecting_takes_as_long_as_the_route_says() {
    assertThat(
            limits(
                    ROUTE + "http.connect-timeout", "1s",
                    ROUTE + "http.tls-timeout", "2s",
                    TRANSPORT + "connect-timeout", "3s",
                    TRANSPORT + "tls-timeout", "4s")
                .timeouts())
        .isEqualTo(new Timeouts(ofSeconds(1), ofSeconds(2)));
  }

  @Test
  void or_as_long_as_holds_for_all_of_them() {
    assertThat(
            limits(
                    TRANSPORT + "connect-timeout", "3s",
                    TRANSPORT + "tls-timeout", "4s")
                .timeouts())
        .isEqualTo(new Timeouts(ofSeconds(3), ofSeconds(4)));
  }

  @Test
  void the_answer_and_silence_are_limited_by_the_route() {
    UpstreamCall.Limits limits =
        limits(
            ROUTE + "http.response-timeout", "5s",
            ROUTE + "stream.idle-timeout", "6s");

    assertThat(limits.response()).isEqualTo(ofSeconds(5));
    assertThat(limits.idle()).isEqualTo(ofSeconds(6));
  }

  @Test
  void a_session_keeps_its_account() {
    assertThat(IntStream.range(0, 20).mapToObj(i -> send(settings).account()).distinct())
        .hasSize(1);
  }

  @Test
  void an_account_that_was_refused_is_left_for_another() {
    String first = send(settings).account();

    plan(settings).refused(first, 429, Optional.empty());

    assertThat(send(settings).account()).isNotEqualTo(first);
  }

  @Test
  void for_as_long_as_the_upstream_says() {
    String first = send(settings).account();

    plan(settings).refused(first, 429, Optional.of(Duration.ZERO));

    assertThat(send(settings).account()).isEqualTo(first);
  }

  @Test
  void its_sockets_for_turns_end() {
    plan(settings).refused("acme", 401, Optional.empty());

    assertThat(evicted).containsExactly("7 acme");
  }

  @Test
  void what_accounts_show_comes_in_no_trailer_either() {
    Headers fields = Headers.of("x_api-key", "his", "OpenAI-Project", "his", "X-Sum", "1");

    assertThat(plan(settings).trailers(fields)).isEqualTo(Headers.of("X-Sum", "1"));
    assertThat(plan(http()).trailers(fields)).as("where there are none").isEqualTo(fields);
  }

  @Test
  void nor_does_what_only_one_of_them_shows() {
    Settings team = accounts("secret", "culvert.accounts.spare.header.X-Team", "ours");

    assertThat(plan(team).trailers(Headers.of("X_Team", "his"))).isEqualTo(Headers.NONE);
  }

  @Test
  void nor_what_rules_set() {
    Settings ruled = http(ROUTE + "headers.request.set.X-Tenant", "blue");

    assertThat(plan(ruled).trailers(Headers.of("x-tenant", "red"))).isEqualTo(Headers.NONE);
  }

  @Test
  void two_accounts_share_no_connection() {
    assertThat(scope("acme", settings)).isNotEqualTo(scope("spare", settings));
  }

  /** The request has begun with the first one. */
  @Test
  void nor_do_two_credentials_of_one() {
    Settings begun = settings;
    String before = scope("acme", begun);
    settings = accounts("second-secret");

    gateway.reload();

    assertThat(scope("acme", begun)).isNotEqualTo(before);
  }

  @Test
  void what_tells_them_apart_is_no_secret() {
    assertThat(scope("acme", settings)).startsWith("acme#").doesNotContain("secret");
  }

  @Test
  void and_nobody_can_try_what_it_was_made_of() {
    String before = scope("acme", settings);
    salt = "another";

    assertThat(scope("acme", settings)).isNotEqualTo(before);
  }

  @Test
  void callers_with_credentials_of_their_own_share_connections() {
    assertThat(send(http()).destination().scope()).isEmpty();
  }

  /** With the credential of this account, the other one rests. */
  private String scope(String account, Settings begun) {
    for (String each : List.of("acme", "spare")) {
      Duration rest = each.equals(account) ? Duration.ZERO : Duration.ofMinutes(1);
      gateway.turns().accounts().rest(each, Optional.of(rest));
    }
    return send(begun).destination().scope();
  }
}
