package dev.culvert.it;

import static dev.culvert.it.Administrators.ADMIN;
import static dev.culvert.it.Administrators.USER;
import static dev.culvert.it.Administrators.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.ServerExtension;
import jakarta.json.JsonObject;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The endpoint {@code /admin/health}. */
@ExtendWith(ServerExtension.class)
class AdminHealthIT {

  private static final String PATH = "/admin/health";

  /** Accepts connections, and says nothing. */
  private static Config withUpstream(ServerSocket bound) {
    return Config.empty()
        .set("admin.roles", "chat")
        .routeTo("chat", "ws://127.0.0.1:" + bound.getLocalPort());
  }

  private static void deploy(Application application, Config config) {
    application.deploy(config.war().withBasicAuthentication().packed());
  }

  @Test
  void leases_in_memory_are_well_and_upstreams_show_their_state(Application application)
      throws Exception {
    try (ServerSocket upstream = new ServerSocket(0)) {
      deploy(application, withUpstream(upstream));

      HttpResponse<String> answer = HttpAnswers.get(application.http(PATH), ADMIN);

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
      JsonObject health = read(answer);
      assertThat(health.getString("status")).isEqualTo("UP");
      assertThat(health.getJsonObject("leases").getString("store")).isEqualTo("memory");
      assertThat(health.getJsonArray("upstreams").getValuesAs(JsonObject.class))
          .singleElement()
          .satisfies(
              one -> {
                assertThat(one.getString("name")).isEqualTo("chat");
                assertThat(one.getString("status")).isEqualTo("UP");
                assertThat(one.getString("circuit")).isEqualTo("closed");
              });
    }
  }

  /** The answer's status is what a load balancer goes by. */
  @ParameterizedTest
  @CsvSource({"true, 200, UP", "false, 503, DOWN"})
  void a_store_that_cannot_be_reached_counts_where_it_keeps_sessions_out(
      boolean failOpen, int status, String named, Application application) throws Exception {
    try (ServerSocket upstream = new ServerSocket(0);
        ServerSocket silent = new ServerSocket(0)) {
      deploy(
          application,
          withUpstream(upstream)
              .set("sessions.store", "redis")
              .set("sessions.redis.url", "redis://127.0.0.1:" + silent.getLocalPort())
              .set("sessions.fail-open", Boolean.toString(failOpen)));

      HttpResponse<String> answer = HttpAnswers.get(application.http(PATH), ADMIN);

      assertThat(answer.statusCode()).isEqualTo(status);
      JsonObject health = read(answer);
      assertThat(health.getString("status")).isEqualTo(named);
      JsonObject leases = health.getJsonObject("leases");
      assertThat(leases.getString("store")).isEqualTo("redis");
      assertThat(leases.getBoolean("answers")).isFalse();
    }
  }

  @Test
  void nobody_else_gets_in(Application application) throws Exception {
    try (ServerSocket upstream = new ServerSocket(0)) {
      deploy(application, withUpstream(upstream));

      assertThat(HttpAnswers.get(application.http(PATH), HttpAnswers.ANONYMOUS).statusCode())
          .isEqualTo(401);
      HttpResponse<String> answer = HttpAnswers.get(application.http(PATH), USER);
      assertThat(answer.statusCode()).isEqualTo(403);
      assertThat(answer.body()).doesNotContain("status", "upstreams");
      assertThat(HttpAnswers.send("POST", application.http(PATH), ADMIN).statusCode())
          .isEqualTo(405);
    }
  }
}
