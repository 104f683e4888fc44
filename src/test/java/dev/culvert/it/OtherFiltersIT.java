package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Wire;
import dev.culvert.testkit.app.KeepingFilter;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Filters before Culvert's see handshakes and ordinary answers, and nothing of a stream. */
@ExtendWith(ServerExtension.class)
class OtherFiltersIT {

  private static final String LONG = "stream ".repeat(10_000);

  private final Application application;
  private final Client client;
  private EchoUpstream echo;
  private Config config;

  OtherFiltersIT(Application application) {
    this.application = application;
    this.client = new Client(application);
  }

  @BeforeEach
  void start() throws IOException {
    echo = EchoUpstream.start();
    config = Config.empty().routeTo("chat", echo.url());
  }

  @AfterEach
  void stop() {
    application.undeploy();
    echo.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {EchoStream.WEBSOCKET, Config.RAW})
  void a_stream_passes_none_and_outlives_them(String token) throws Exception {
    Path war = filtered(config.onRoute("chat", "on-redeploy", "detached"));
    application.deploy(war);
    try (EchoStream stream = EchoStream.open(client, "/chat/", token)) {
      stream.assertEchoes(LONG);
      assertThat(seen()).isEqualTo("1 handshakes, 0 bytes");

      application.redeploy(war);

      stream.assertEchoes(LONG);
      assertThat(seen()).isEqualTo("0 handshakes, 0 bytes");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {EchoStream.WEBSOCKET, Config.RAW})
  void in_portable_mode_too(String token) throws Exception {
    application.deploy(filtered(config.portable()));

    assertEchoesUnseen(token, LONG);
  }

  @Test
  void in_relay_mode_too() throws Exception {
    application.deploy(filtered(config.onRoute("chat", "mode", "relay")));

    assertEchoesUnseen(EchoStream.WEBSOCKET, "in one piece");
  }

  @Test
  void an_answer_that_opens_no_stream_passes_them() throws Exception {
    application.deploy(filtered(config));

    String answer = get("/chat/", 426);

    assertThat(seen()).isEqualTo("0 handshakes, " + answer.length() + " bytes");
  }

  private static Path filtered(Config config) {
    return config
        .war()
        .withClasses(KeepingFilter.class)
        .with("WEB-INF/web.xml", KeepingFilter.WEB_XML)
        .packed();
  }

  private void assertEchoesUnseen(String token, String text) throws IOException {
    try (EchoStream stream = EchoStream.open(client, "/chat/", token)) {
      stream.assertEchoes(text);
      assertThat(seen()).isEqualTo("1 handshakes, 0 bytes");
    }
  }

  private String seen() throws IOException {
    return get("/seen", 200);
  }

  private String get(String path, int status) throws IOException {
    try (Wire wire = client.send("GET", path, "")) {
      ResponseHead head = wire.readResponse();
      assertThat(head.status()).isEqualTo(status);
      return wire.readBody(head);
    }
  }
}
