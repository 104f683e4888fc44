package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerLog;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Configuration that changes without a deployment, by system properties. */
@ExtendWith(ServerExtension.class)
class ReloadIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String ON_DEMAND = "0s";

  private Application application;
  private Client client;
  private Management management;
  private EchoUpstream echo;
  private EchoUpstream other;

  @BeforeEach
  void start(Application notDeployed) throws IOException {
    application = notDeployed;
    client = new Client(application);
    echo = EchoUpstream.start();
    other = EchoUpstream.start();
  }

  @AfterEach
  void stop() {
    echo.close();
    other.close();
  }

  /** The server caches values for a minute unless told otherwise. */
  private void deploy(String reloadInterval) {
    application.configure("mp.config.cache.duration", "0");
    application.deploy(
        Config.empty()
            .set("reload-interval", reloadInterval)
            .routeTo("chat", echo.url())
            .routeTo("news", other.url())
            .packed());
    management = new Management(application.server());
  }

  private int statusOf(String path) throws IOException {
    try (Wire wire = client.ask(path, EchoStream.WEBSOCKET)) {
      return wire.readResponse().status();
    }
  }

  @Test
  void a_new_route_takes_effect_within_the_interval() throws Exception {
    deploy("200ms");
    assertThat(statusOf("/late/")).isEqualTo(404);

    application.configure("culvert.routes.late.upstreams", "chat");
    application.configure("culvert.routes.late.path", "/late/*");

    await("the new route").atMost(LIMIT).until(() -> statusOf("/late/") == 101);
  }

  @Test
  void a_new_route_takes_effect_on_demand() throws Exception {
    deploy(ON_DEMAND);
    application.configure("culvert.routes.late.upstreams", "chat");
    application.configure("culvert.routes.late.path", "/late/*");
    assertThat(statusOf("/late/")).isEqualTo(404);

    assertThat(management.streams().reload()).isEqualTo(1);

    assertThat(statusOf("/late/")).isEqualTo(101);
  }

  @Test
  void streams_of_an_upstream_that_left_close_and_the_others_stay() throws Exception {
    deploy(ON_DEMAND);
    try (EchoStream chat = EchoStream.open(client, "/chat/");
        EchoStream news = EchoStream.open(client, "/news/")) {
      application.configure("culvert.routes.news.upstreams", "chat");

      management.streams().reload();

      assertThat(news.awaitEnd()).isEqualTo(1001);
      chat.assertEchoes("still here");
    }
  }

  @Test
  void a_timeout_that_changed_holds_for_streams_opened_afterwards() throws Exception {
    deploy(ON_DEMAND);
    try (EchoStream opened = EchoStream.open(client, "/chat/")) {
      application.configure("culvert.routes.chat.stream.timeout", "500ms");
      management.streams().reload();

      assertThat(EchoStream.open(client, "/chat/").awaitEnd()).isEqualTo(1001);
      opened.assertEchoes("without one");
    }
  }

  @Test
  void a_timeout_outlives_its_removal_for_streams_that_have_it() throws Exception {
    application.configure("culvert.routes.chat.stream.timeout", "2s");
    deploy(ON_DEMAND);
    EchoStream opened = EchoStream.open(client, "/chat/");
    application.configure("culvert.routes.chat.stream.timeout", "0s");
    management.streams().reload();
    try (EchoStream later = EchoStream.open(client, "/chat/")) {
      assertThat(opened.awaitEnd()).isEqualTo(1001);
      later.assertEchoes("without one");
    }
  }

  @Test
  void a_bad_configuration_changes_nothing_and_the_caller_learns_why() throws Exception {
    deploy(ON_DEMAND);
    try (EchoStream chat = EchoStream.open(client, "/chat/")) {
      application.configure("culvert.routes.chat.close-delay", "soon");
      application.configure("culvert.routes.chat.path", "/talk/*");

      assertThatThrownBy(() -> management.streams().reload())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("culvert.routes.chat.close-delay: soon");

      chat.assertEchoes("still here");
      assertThat(statusOf("/chat/")).isEqualTo(101);
      assertThat(statusOf("/talk/")).isEqualTo(404);

      application.configure("culvert.routes.chat.close-delay", "1s");
      assertThat(management.streams().reload()).isEqualTo(1);
      assertThat(statusOf("/talk/")).isEqualTo(101);
    }
  }

  @Test
  void a_bad_configuration_is_logged_once() {
    deploy("100ms");
    ServerLog log = application.server().log();
    int mark = log.mark();
    application.configure("culvert.routes.chat.close-delay", "soon");
    log.await(mark, "CULVERT-G005", LIMIT);

    application.configure("culvert.routes.news.close-delay", "soon");

    log.await(mark, "culvert.routes.news.close-delay: soon", LIMIT);
    assertThat(log.linesFrom(mark)).filteredOn(l -> l.contains("CULVERT-G005")).hasSize(2);
  }
}
