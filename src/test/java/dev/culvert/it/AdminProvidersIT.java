package dev.culvert.it;

import static dev.culvert.it.Administrators.ADMIN;
import static dev.culvert.it.Administrators.USER;
import static dev.culvert.it.Administrators.act;
import static dev.culvert.it.Administrators.read;
import static dev.culvert.it.Config.RAW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Wire;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The endpoint {@code /admin/providers} and those below it. */
@ExtendWith(ServerExtension.class)
class AdminProvidersIT {

  private static final String LIST = "/admin/providers";

  private static EchoUpstream echo;
  private static Application application;
  private static Client client;

  @BeforeAll
  static void deploy(Application deployed) throws IOException {
    application = deployed;
    client = new Client(application);
    echo = EchoUpstream.start();
    application.deploy(
        Config.empty()
            .set("admin.roles", "chat")
            .set("admin.read-roles", "**")
            .routeTo("chat", echo.url())
            .war()
            .withBasicAuthentication()
            .packed());
  }

  @AfterAll
  static void close() {
    echo.close();
  }

  @Test
  void orders_hold_until_the_next_one() throws Exception {
    assertThat(only().getBoolean("enabled")).isTrue();

    assertThat(post("/disable?provider=chat").body()).isEqualTo("{\"disable\":\"chat\"}\n");
    assertThat(only().getBoolean("enabled")).isFalse();
    assertThat(handshake()).isEqualTo(503);

    assertThat(post("/drain?provider=chat").statusCode()).isEqualTo(200);
    assertThat(only().getBoolean("draining")).isTrue();
    assertThat(handshake()).isEqualTo(503);

    assertThat(post("/enable?provider=chat").statusCode()).isEqualTo(200);
    assertThat(only().getBoolean("draining")).isFalse();
    assertThat(handshake()).isEqualTo(101);
  }

  @Test
  void a_session_that_is_not_there_has_no_leases() throws Exception {
    try (Wire wire = client.open("/chat/", RAW)) {
      assertThat(only().getInt("sessions")).isEqualTo(1);

      assertThat(post("/release?provider=chat&session=other").body())
          .isEqualTo("{\"released\":0}\n");

      assertThat(only().getInt("sessions")).isEqualTo(1);
      assertThat(wire.send("x").readText(1)).isEqualTo("x");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/enable, 400, provider: 0 (expected: one name)",
    "/drain?provider=, 400, provider: 1 (expected: one name)",
    "/disable?provider=chat&provider=chat, 400, provider: 2 (expected: one name)",
    "/disable?provider=chat&route=chat, 400, route: unknown (expected: provider)",
    "/disable?provider=nobody, 404, provider: nobody (expected: the name of an upstream)",
    "/release?provider=chat, 400, session: 0 (expected: one name)",
    "/release?provider=nobody&session=x, 404, provider: nobody (expected: the name of an upstream)"
  })
  void what_names_no_provider_is_refused(String path, int status, String detail) throws Exception {
    HttpResponse<String> answer = post(path);

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).isEqualTo(status + " " + detail + "\n");
    assertThat(only().getBoolean("enabled")).isTrue();
  }

  @Test
  void readers_give_no_orders() throws Exception {
    assertThat(HttpAnswers.get(application.http(LIST), USER).statusCode()).isEqualTo(200);
    for (String order : List.of("/disable?provider=chat", "/release?provider=chat&session=x")) {
      HttpResponse<String> refused = act(application.http(LIST + order), USER);
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(HttpAnswers.send("GET", application.http(LIST + order), ADMIN).statusCode())
          .isEqualTo(405);
    }
    assertThat(only().getBoolean("enabled")).isTrue();
  }

  private static int handshake() throws IOException {
    try (Wire wire = client.ask("/chat/", RAW)) {
      return wire.readResponse().status();
    }
  }

  private static HttpResponse<String> post(String path) throws Exception {
    return act(application.http(LIST + path), ADMIN);
  }

  private static JsonObject only() throws Exception {
    HttpResponse<String> answer = HttpAnswers.get(application.http(LIST), ADMIN);
    assertThat(answer.statusCode()).isEqualTo(200);
    return read(answer).getJsonArray("providers").getJsonObject(0);
  }
}
