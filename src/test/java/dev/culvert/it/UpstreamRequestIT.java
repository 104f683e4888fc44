package dev.culvert.it;

import static dev.culvert.it.Config.RAW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the upstream sees of the client's request, and the client of the upstream's 101. */
@ExtendWith(ServerExtension.class)
class UpstreamRequestIT {

  private static ScriptedUpstream upstream;
  private static ScriptedUpstream below;
  private static Application application;
  private static Client client;

  @BeforeAll
  static void deploy(Application deployed) throws IOException {
    application = deployed;
    client = new Client(application);
    upstream =
        ScriptedUpstream.onRequest(
            (request, connection) ->
                connection.send(
                    Upgrades.switching(
                        request,
                        "X-Kept: yes",
                        "Set-Cookie: a=1",
                        "Set-Cookie: b=2",
                        "X-Secret: s",
                        "Keep-Alive: timeout=5",
                        "Server: upstream/1")));
    below =
        ScriptedUpstream.onRequest(
            (request, connection) -> connection.send(Upgrades.switching(request)));
    application.deploy(
        Config.empty()
            .routeTo("plain", upstream.url())
            .route("to-upstream-host", "plain")
            .onRoute("to-upstream-host", "host-header", "upstream")
            .routeTo("prefixed", below.url() + "/base")
            .route("rewritten", "plain")
            .onRoute("rewritten", "rewrite", "/v2{path}?fixed=1&{query}")
            .route("edited", "plain")
            .onRoute("edited", "headers.request.set.X-Set", "ours")
            .onRoute("edited", "headers.request.add.X-Added", "more")
            .onRoute("edited", "headers.request.remove", "Cookie")
            .onRoute("edited", "headers.response.set.X-Set-Back", "back")
            .onRoute("edited", "headers.response.remove", "X-Secret")
            .onRoute("edited", "headers.response.set.Server", "gateway")
            .packed());
  }

  @AfterAll
  static void close() throws IOException {
    upstream.close();
    below.close();
  }

  private static RequestHead sent(String path, String... fields) throws Exception {
    client.open(path, RAW, fields).close();
    return upstream.nextRequest();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/plain/a/b",
        "/plain/a%20b",
        "/plain/a%2Fb",
        "/plain/%C3%A9%7e",
        "/plain/x%0D%0AX-Injected:%201",
        "/plain/a;p=1/b",
        "/plain/?q=%2F%0D%0A+%20&r=a=b?c",
        "/plain"
      })
  void target_is_the_raw_one_without_the_context_path(String target) throws Exception {
    RequestHead request = sent(target);

    assertThat(request.target()).isEqualTo(target);
    assertThat(request.all("X-Injected")).isEmpty();
  }

  @Test
  void target_begins_with_the_path_of_the_upstream() throws Exception {
    client.open("/prefixed/a?b", RAW).close();

    assertThat(below.nextRequest().target()).isEqualTo("/base/prefixed/a?b");
  }

  @ParameterizedTest
  @CsvSource({
    "/rewritten/a%20b?x=%26,/v2/rewritten/a%20b?fixed=1&x=%26",
    "/rewritten/,/v2/rewritten/?fixed=1"
  })
  void target_follows_the_rewrite_template(String target, String expected) throws Exception {
    assertThat(sent(target).target()).isEqualTo(expected);
  }

  @Test
  void host_is_the_clients_by_default() throws Exception {
    assertThat(sent("/plain/").all("Host"))
        .containsExactly("127.0.0.1:" + application.server().port());
  }

  @Test
  void host_is_the_upstreams_where_the_route_says_so() throws Exception {
    assertThat(sent("/to-upstream-host/").all("Host")).containsExactly(upstream.authority());
  }

  @Test
  void end_to_end_fields_go_through_as_they_are() throws Exception {
    RequestHead request =
        sent(
            "/plain/",
            "Cookie: a=1; b=\"2\"",
            "Authorization: Bearer x.y.z",
            "x-lower: v",
            "X-Twice: 1",
            "X-Twice: 2, 3",
            "Sec-WebSocket-Protocol: chat, superchat");

    assertThat(request.all("Cookie")).containsExactly("a=1; b=\"2\"");
    assertThat(request.all("Authorization")).containsExactly("Bearer x.y.z");
    assertThat(request.fields()).extracting(Map.Entry::getKey).contains("x-lower");
    assertThat(request.all("X-Twice")).containsExactly("1", "2, 3");
    assertThat(request.all("Sec-WebSocket-Protocol")).containsExactly("chat, superchat");
  }

  @Test
  void hop_by_hop_fields_stay_behind() throws Exception {
    String request =
        client
            .request(
                "/plain/",
                RAW,
                "Keep-Alive: 5",
                "TE: trailers",
                "Proxy-Authorization: Basic eDp5",
                "X-Hop: 1")
            .replace("Connection: Upgrade", "Connection: keep-alive, Upgrade, X-Hop");
    try (Wire wire = client.connect().send(request)) {
      assertThat(wire.readResponse().status()).isEqualTo(101);
    }

    RequestHead forwarded = upstream.nextRequest();
    assertThat(forwarded.all("Connection")).containsExactly("Upgrade");
    assertThat(forwarded.all("Upgrade")).containsExactly(RAW);
    assertThat(forwarded.fields())
        .extracting(Map.Entry::getKey)
        .doesNotContain("Keep-Alive", "TE", "Proxy-Authorization", "X-Hop");
  }

  @Test
  void forwarding_fields_of_an_untrusted_client_are_overwritten() throws Exception {
    RequestHead request =
        sent(
            "/plain/",
            "X-Forwarded-For: 10.0.0.1",
            "X-Forwarded-Proto: https",
            "X-Forwarded-Host: bank.example",
            "X_Forwarded_For: 10.0.0.2",
            "Forwarded: for=10.0.0.1");

    String host = "127.0.0.1:" + application.server().port();
    assertThat(request.all("X-Forwarded-For")).containsExactly("127.0.0.1");
    assertThat(request.all("X-Forwarded-Proto")).containsExactly("http");
    assertThat(request.all("X-Forwarded-Host")).containsExactly(host);
    assertThat(request.all("X_Forwarded_For")).isEmpty();
    assertThat(request.all("Forwarded"))
        .containsExactly("for=127.0.0.1;host=\"" + host + "\";proto=http");
  }

  @Test
  void header_rules_change_the_request() throws Exception {
    RequestHead request =
        sent("/edited/", "X-Set: theirs", "X-Set: again", "X-Added: first", "Cookie: a=1");

    assertThat(request.all("X-Set")).containsExactly("ours");
    assertThat(request.all("X-Added")).containsExactly("first", "more");
    assertThat(request.all("Cookie")).isEmpty();
  }

  @Test
  void header_rules_change_the_101() throws Exception {
    try (Wire wire = client.ask("/edited/", RAW)) {
      ResponseHead response = wire.readResponse();

      assertThat(response.status()).isEqualTo(101);
      assertThat(response.all("X-Set-Back")).containsExactly("back");
      assertThat(response.all("X-Secret")).isEmpty();
      assertThat(response.all("Server")).containsExactly("gateway");
    }
    upstream.nextRequest();
  }

  @Test
  void end_to_end_fields_of_the_101_go_through() throws Exception {
    try (Wire wire = client.ask("/plain/", RAW)) {
      ResponseHead response = wire.readResponse();

      assertThat(response.all("X-Kept")).containsExactly("yes");
      assertThat(response.all("Set-Cookie")).containsExactly("a=1", "b=2");
      assertThat(response.all("Connection")).containsExactly("Upgrade");
      assertThat(response.all("Upgrade")).containsExactly(RAW);
      assertThat(response.fields())
          .extracting(Map.Entry::getKey)
          .doesNotContain("Keep-Alive", "Content-Length", "Transfer-Encoding");
    }
    upstream.nextRequest();
  }
}
