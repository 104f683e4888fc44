package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.ServerOptions;
import dev.culvert.testkit.TestServer;
import dev.culvert.testkit.War;
import dev.culvert.testkit.WildFly;
import dev.culvert.testkit.WorkDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Keys that a server is started with, or that its own configuration has. */
class ConfigurationSourcesIT {

  private static final String SUBSYSTEM = "/subsystem=microprofile-config-smallrye";
  private static final String CREDENTIAL = "Bearer of-a-f1le";

  private static EchoUpstream echo;
  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    echo = EchoUpstream.start();
    Path secrets = WorkDirectory.create("secrets");
    Files.writeString(
        secrets.resolve("culvert.accounts.acme.header.Authorization"), CREDENTIAL + "\n");
    ServerOptions options =
        ServerOptions.DEFAULT
            .environment("CULVERT_UPSTREAMS_LONG_NAME_URL", echo.url())
            .environment("CULVERT_ROUTES_CHAT_ROOM_PATH", "/chat/*")
            .environment("CULVERT_ROUTES_CHAT_ROOM_UPSTREAMS", "long-name")
            .environment("CULVERT_ROUTES_CHAT_ROOM_ON_REDEPLOY", "detached")
            .environment("CULVERT_DEFAULTS_HEADERS_REQUEST_SET_X_VIA", "environment");
    if (ServerKind.underTest() == ServerKind.PAYARA_MICRO) {
      server = TestServer.start(options.arguments("--secretsdir", secrets.toString()));
    } else {
      server = TestServer.start(options);
      addSource("secrets", Map.of("dir", Map.of("path", secrets.toString())));
    }
  }

  private static void addSource(String name, Map<String, ?> content) throws IOException {
    ((WildFly) server).manage(SUBSYSTEM + "/config-source=" + name, "add", content);
  }

  @AfterAll
  static void end() {
    if (server != null) {
      server.close();
    }
    echo.close();
  }

  @Test
  void environment_variables() throws IOException {
    try (Application application = server.application("environment")) {
      application.deploy(War.culvert().packed());

      try (EchoStream stream = EchoStream.open(new Client(application), "/chat/")) {
        stream.assertEchoes("hello");
        assertThat(echo.lastHead().orElseThrow().first("X-Via")).hasValue("environment");
        assertThat(new Management(server).list("chat-room"))
            .singleElement()
            .matches(opened -> opened.detached());
      }
    }
  }

  /** On Payara Micro {@code --secretsdir}, on WildFly a source of its subsystem. */
  @Test
  void a_directory_of_files_from_which_the_upstream_is_shown_a_credential() throws Exception {
    try (ScriptedUpstream upstream =
            ScriptedUpstream.answering("HTTP/1.1 204 No Content\r\nX-Own: 1\r\n\r\n");
        Application application = server.application("secrets")) {
      application.deploy(
          Config.empty()
              .routeTo("web", upstream.url())
              .onRoute("web", "mode", "http")
              .set("upstreams.web.accounts", "acme")
              .packed());

      int status =
          HttpAnswers.get(application.http("/web/"), HttpAnswers.basic("own", "own")).statusCode();

      assertThat(status).isEqualTo(204);
      assertThat(upstream.nextRequest().all("Authorization")).containsExactly(CREDENTIAL);
    }
  }

  @Test
  @Tag(ServerKind.ONLY_WILDFLY)
  void properties_of_the_subsystem() throws IOException {
    Map<String, String> keys = Config.empty().routeTo("listed", echo.url()).keys();
    addSource("listed", Map.of("properties", keys));
    try (Application application = server.application("listed")) {
      application.deploy(War.culvert().packed());

      try (EchoStream stream = EchoStream.open(new Client(application), "/listed/")) {
        stream.assertEchoes("hello");
      }
    }
  }
}
