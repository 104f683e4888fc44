package dev.culvert.it;

import static dev.culvert.it.Config.RAW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The metrics, live and over redeployments. */
@ExtendWith(ServerExtension.class)
class AccountingIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String HANDSHAKES = "culvert_handshakes_total";
  private static final String ACTIVE = "culvert_streams_active";
  private static final String TOTAL = "culvert_streams_total";
  private static final String BYTES = "culvert_stream_bytes_total";
  private static final String DURATION = "culvert_stream_duration_seconds";

  private static EchoUpstream echo;
  private static ScriptedUpstream denying;
  private static ScriptedUpstream garbled;
  private static ScriptedUpstream silent;
  private static Application application;
  private static Client client;
  private static Metrics metrics;
  private static Path war;

  @BeforeAll
  static void deploy(Application deployed) throws IOException {
    application = deployed;
    client = new Client(application);
    metrics = metrics();
    echo = EchoUpstream.start();
    denying = ScriptedUpstream.answering("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
    garbled = ScriptedUpstream.answering("220 mail.example ESMTP\r\n\r\n");
    silent = ScriptedUpstream.onAccept(Wire::readToEnd);
    war =
        Config.empty()
            .set("admin.roles", "chat")
            .set("metrics.duration-buckets", "1m, 1h, 1d")
            .routeTo("works", echo.url())
            .routeTo("live", echo.url())
            .routeTo("closed", echo.url())
            .routeTo("lasting", echo.url())
            .onRoute("lasting", "on-redeploy", "detached")
            .route("foreign", "works")
            .routeTo("relays", denying.url())
            .routeTo("garbled", garbled.url())
            .routeTo("silent", silent.url())
            .onRoute("silent", "handshake-timeout", "100ms")
            .routeTo("nobody", "http://127.0.0.1:1")
            .upstream("off", echo.url())
            .set("upstreams.off.enabled", "false")
            .route("disabled", "off")
            .war()
            .withBasicAuthentication()
            .packed();
    application.deploy(war);
  }

  /** As shipped WildFly shows no metrics of applications, so the application's own are read. */
  private static Metrics metrics() {
    return ServerKind.underTest() == ServerKind.WILDFLY
        ? Metrics.of(application)
        : Metrics.of(application.server());
  }

  @AfterAll
  static void close() throws IOException {
    echo.close();
    denying.close();
    garbled.close();
    silent.close();
  }

  /** A request, and what becomes of it. */
  private record Attempt(String route, String token, String field, String outcome) {}

  /** All of them first: a count is shown within a second. */
  @Test
  void handshakes_are_counted_by_their_outcome() throws IOException {
    List<Attempt> attempts =
        List.of(
            new Attempt("works", RAW, "X-Any: 1", "opened"),
            new Attempt("foreign", "websocket", "Origin: http://elsewhere.example", "forbidden"),
            new Attempt("foreign", "other", "X-Any: 1", "refused"),
            new Attempt("relays", RAW, "X-Any: 1", "relayed"),
            new Attempt("garbled", RAW, "X-Any: 1", "bad-response"),
            new Attempt("silent", RAW, "X-Any: 1", "timeout"),
            new Attempt("nobody", RAW, "X-Any: 1", "connect-failed"),
            new Attempt("disabled", RAW, "X-Any: 1", "unavailable"));
    for (Attempt attempt : attempts) {
      String path = "/" + attempt.route() + "/";
      try (Wire wire = client.ask(path, attempt.token(), attempt.field())) {
        assertThat(wire.readResponse().status()).isPositive();
      }
    }

    for (Attempt attempt : attempts) {
      metrics.await(
          1, HANDSHAKES, tag("route", attempt.route()), tag("outcome", attempt.outcome()));
    }
  }

  @Test
  void an_open_stream_is_shown_with_its_bytes() throws IOException {
    try (Wire wire = client.open("/live/", RAW)) {
      wire.send("12345").readText(5);

      metrics.await(1, ACTIVE, tag("route", "live"), tag("upstream", "live"));
      metrics.await(5, BYTES, tag("upstream", "live"), tag("direction", "to_upstream"));
      metrics.await(5, BYTES, tag("upstream", "live"), tag("direction", "from_upstream"));
      assertThat(metrics.value(TOTAL, tag("route", "live"))).isEmpty();
    }
    await("no stream of the route")
        .atMost(LIMIT)
        .until(() -> metrics.value(ACTIVE, tag("route", "live")).orElse(0) == 0);
  }

  @Test
  void an_ended_stream_is_counted_with_its_result_and_duration() throws IOException {
    client.open("/closed/", RAW).close();

    metrics.await(
        1, TOTAL, tag("route", "closed"), tag("upstream", "closed"), tag("result", "closed"));
    String[] series = {tag("route", "closed"), tag("result", "closed")};
    metrics.await(1, DURATION + "_count", series);
    for (String bound : new String[] {"60", "3600", "86400", "+Inf"}) {
      metrics.await(1, DURATION + "_bucket", series[0], series[1], tag("le", bound));
    }
    assertThat(metrics.value(DURATION + "_sum", series).orElseThrow()).isBetween(0.0, 60.0);
  }

  @Test
  void what_ends_while_nothing_is_deployed_is_counted_by_the_next_deployment() throws IOException {
    String[] total = {tag("route", "lasting"), tag("result", "closed")};
    String[] bytes = {tag("upstream", "lasting"), tag("direction", "to_upstream")};
    client.open("/lasting/", RAW).close();
    metrics.await(1, TOTAL, total);

    try (Wire wire = client.open("/lasting/", RAW)) {
      wire.send("12345").readText(5);
      metrics.await(5, BYTES, bytes);
      application.redeploy(war);
      metrics.await(1, TOTAL, total);
      metrics.await(5, BYTES, bytes);
      metrics.await(1, ACTIVE, tag("route", "lasting"));

      application.undeploy();
      wire.send("678").readText(3);
    }
    await("the end of the stream")
        .atMost(LIMIT)
        .until(() -> new Management(application.server()).list("lasting").isEmpty());
    application.deploy(war);

    metrics.await(2, TOTAL, total);
    metrics.await(8, BYTES, bytes);
    metrics.await(2, HANDSHAKES, tag("route", "lasting"), tag("outcome", "opened"));
    assertThat(metrics.value(ACTIVE, tag("route", "lasting")).orElse(0)).isZero();
  }

  private static String tag(String name, String value) {
    return name + "=\"" + value + "\"";
  }
}
