package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.War;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A configuration that changes without a deployment, on demand of an administrator. */
@ExtendWith(ServerExtension.class)
class ReloadOnDemandIT {

  private EchoUpstream echo;
  private Config config;

  @BeforeEach
  void start() throws IOException {
    echo = EchoUpstream.start();
    config = Config.empty().set("reload-interval", "0").routeTo("chat", echo.url());
  }

  @AfterEach
  void stop() {
    echo.close();
  }

  @Test
  void a_jmx_client_reloads_the_configuration_of_the_application(Application application)
      throws IOException {
    deploy(application);
    Client client = new Client(application);
    Management management = new Management(application.server());
    application.configure("culvert.routes.more.path", "/more/*");
    application.configure("culvert.routes.more.upstreams", "chat");

    try (Wire before = client.open("/chat/", Config.RAW)) {
      assertThat(management.streams().reload()).isEqualTo(1);

      assertThat(before.send("x").readText(1)).isEqualTo("x");
      try (Wire added = client.open("/more/", Config.RAW);
          Wire kept = client.open("/chat/", Config.RAW)) {
        assertThat(added.send("y").readText(1)).isEqualTo("y");
        assertThat(kept.send("z").readText(1)).isEqualTo("z");
      }
    }
  }

  @Test
  void or_one_does_by_http(Application application) throws Exception {
    config = config.set("admin.roles", "chat");
    deploy(application);
    Client client = new Client(application);
    application.configure("culvert.routes.more.path", "/more/*");
    application.configure("culvert.routes.more.upstreams", "nobody");

    HttpResponse<String> refused = reloadByHttp(application);
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("culvert.routes.more.upstreams", "nobody");
    try (Wire kept = client.open("/chat/", Config.RAW)) {
      assertThat(kept.send("x").readText(1)).isEqualTo("x");
    }

    application.configure("culvert.routes.more.upstreams", "chat");
    HttpResponse<String> reloaded = reloadByHttp(application);
    assertThat(reloaded.statusCode()).isEqualTo(200);
    assertThat(reloaded.body()).isEqualTo("{\"reloaded\":true}\n");
    try (Wire added = client.open("/more/", Config.RAW)) {
      assertThat(added.send("y").readText(1)).isEqualTo("y");
    }
  }

  private static HttpResponse<String> reloadByHttp(Application application) throws Exception {
    return HttpAnswers.post(
        application.http("/admin/reload"),
        HttpAnswers.basic("alice", "ecila"),
        Map.of("X-Requested-By", "a test"),
        "");
  }

  /** WildFly asks the user for his roles, not the deployment. */
  @Test
  @Tag(ServerKind.ONLY_PAYARA)
  void a_role_that_comes_with_a_reload_is_nobodys_before_the_next_deployment(
      Application application) throws IOException {
    deploy(application);
    application.configure("culvert.routes.chat.roles", "chat");
    int mark = application.server().log().mark();

    new Management(application.server()).streams().reload();

    assertThat(status(application)).isEqualTo(403);
    assertThat(application.server().log().linesFrom(mark))
        .anyMatch(line -> line.contains("CULVERT-G008") && line.contains("[chat]"));
    application.undeploy();
    deploy(application);
    assertThat(status(application)).isEqualTo(101);
  }

  private void deploy(Application application) {
    Map<String, String> keys = new HashMap<>(config.keys());
    keys.put("mp.config.cache.duration", "0");
    application.deploy(War.culvert().withConfig(keys).withBasicAuthentication().packed());
  }

  private static int status(Application application) throws IOException {
    try (Wire wire =
        new Client(application)
            .ask("/chat/", Config.RAW, "Authorization: Basic YWxpY2U6ZWNpbGE=")) {
      ResponseHead head = wire.readResponse();
      return head.status();
    }
  }
}
