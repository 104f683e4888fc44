package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.CertificateAuthority;
import dev.culvert.testkit.ConnectProxy;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.Http2Upstream;
import dev.culvert.testkit.Identity;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerLog;
import dev.culvert.testkit.Wire;
import dev.culvert.testkit.WorkDirectory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.apache.hc.core5.http.nio.support.ImmediateResponseExchangeHandler;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Upstreams whose names only the forward proxy knows. */
@ExtendWith(ServerExtension.class)
class ForwardProxyIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Of {@code us} and {@code s3cret-pw}. */
  private static final String LOGIN = "Basic dXM6czNjcmV0LXB3";

  private static EchoUpstream echo;
  private static SimulatedUpstream model;
  private static ScriptedUpstream plain;
  private static Http2Upstream secret;
  private static ConnectProxy proxy;
  private static Application application;
  private static Client client;

  @BeforeAll
  static void deploy(Application ofTheClass) throws IOException, InterruptedException {
    application = ofTheClass;
    client = new Client(application);
    echo = EchoUpstream.start();
    model = SimulatedUpstream.start();
    plain = ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain");
    CertificateAuthority authority = new CertificateAuthority("tests");
    secret =
        Http2Upstream.start(
            authority.issue("secret.test").context(authority.certificate()),
            request -> new ImmediateResponseExchangeHandler(200, request.getVersion().toString()));
    Path trust = WorkDirectory.create("proxy").resolve("ca.pem");
    Files.writeString(trust, Identity.pem(authority.certificate()));
    proxy =
        new ConnectProxy()
            .asksFor(LOGIN)
            .leads("echo.test:80", echo.port())
            .leads("checked.test:81", echo.port())
            .leads("model.test:80", model.port())
            .leads("plain.test:80", URI.create(plain.url()).getPort())
            .leads("secret.test:443", secret.port());
    application.deploy(
        Config.empty()
            .routeTo("echo", "ws://echo.test")
            .routeTo("near", echo.url())
            .routeTo("unknown", "ws://unknown.test:82")
            .routeTo("checked", "ws://checked.test:81")
            .set("upstreams.checked.health.interval", "1s")
            .routeTo("model", "ws://model.test")
            .onRoute("model", "mode", "turns")
            .routeTo("plain", "http://plain.test")
            .onRoute("plain", "mode", "http")
            .routeTo("secret", "https://secret.test")
            .set("upstreams.secret.tls.trust", trust.toString())
            .onRoute("secret", "mode", "http")
            .set("transport.proxy", "http://us:s3cret-pw@" + proxy.address())
            .set("transport.no-proxy", "127.0.0.1")
            .packed());
  }

  @AfterAll
  static void close() throws IOException {
    proxy.close();
    echo.close();
    model.close();
    plain.close();
    secret.close();
  }

  private static long asked(String target) {
    return proxy.targets().stream().filter(target::equals).count();
  }

  @Test
  void a_stream_goes_through_a_tunnel() throws IOException {
    try (EchoStream stream = EchoStream.open(client, "/echo/")) {
      stream.assertEchoes("through the proxy");
    }

    assertThat(asked("echo.test:80")).isEqualTo(1);
    assertThat(proxy.requests())
        .filteredOn(request -> request.target().equals("echo.test:80"))
        .flatExtracting(request -> request.all("Proxy-Authorization"))
        .containsExactly(LOGIN);
  }

  @Test
  void so_does_a_turn_and_the_next_one_asks_for_no_other() throws Exception {
    TurnPeer peer = new TurnPeer(application, "/model/v1/responses");
    String conversation = UUID.randomUUID().toString();

    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(200);

    assertThat(model.requests()).hasSize(2);
    assertThat(asked("model.test:80")).isEqualTo(1);
  }

  @Test
  void so_does_a_check() {
    await("check").atMost(LIMIT).until(() -> asked("checked.test:81") > 0);
  }

  @Test
  void so_does_a_request_within_tls() throws Exception {
    HttpResponse<String> answer =
        HttpAnswers.get(application.http("/secret/"), HttpAnswers.ANONYMOUS);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("HTTP/2.0");
    assertThat(asked("secret.test:443")).isEqualTo(1);
  }

  @Test
  void a_plain_request_goes_to_the_proxy_whole() throws Exception {
    HttpResponse<String> answer =
        HttpAnswers.get(application.http("/plain/path"), HttpAnswers.ANONYMOUS);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("plain");
    assertThat(proxy.requests())
        .filteredOn(request -> !request.method().equals("CONNECT"))
        .singleElement()
        .satisfies(
            request -> {
              assertThat(request.target()).isEqualTo("http://plain.test/plain/path");
              assertThat(request.all("Host")).containsExactly("plain.test");
              assertThat(request.all("Proxy-Authorization")).containsExactly(LOGIN);
            });
  }

  @Test
  void an_excluded_host_is_reached_directly() throws IOException {
    try (EchoStream stream = EchoStream.open(client, "/near/")) {
      stream.assertEchoes("past the proxy");
    }

    assertThat(proxy.targets()).noneMatch(target -> target.startsWith("127.0.0.1"));
  }

  @Test
  void what_the_proxy_refuses_is_a_bad_gateway_and_logged_without_the_login() throws Exception {
    ServerLog log = application.server().log();
    int mark = log.mark();

    try (Wire wire = client.ask("/unknown/", EchoStream.WEBSOCKET)) {
      assertThat(wire.readResponse().status()).isEqualTo(502);
    }

    String refusal =
        "unknown.test:82 through proxy " + proxy.address() + ": the proxy answered 502";
    await("log")
        .atMost(LIMIT)
        .until(() -> log.linesFrom(mark).stream().anyMatch(line -> line.contains(refusal)));
    assertThat(log.linesFrom(0)).noneMatch(line -> line.contains("s3cret-pw"));
    assertThat(log.linesFrom(0)).noneMatch(line -> line.contains(LOGIN.substring(6)));
  }
}
