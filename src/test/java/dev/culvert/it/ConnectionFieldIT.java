package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request to upgrade says about the connection besides {@code Upgrade}. */
@ExtendWith(ServerExtension.class)
class ConnectionFieldIT {

  private static EchoUpstream echo;
  private static Client client;

  @BeforeAll
  static void deploy(Application application) throws IOException {
    echo = EchoUpstream.start();
    client = new Client(application);
    application.deploy(Config.empty().routeTo("chat", echo.url()).packed());
  }

  @AfterAll
  static void close() {
    echo.close();
  }

  /** A connection that is to close after the response is not kept for requests; streams may. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection: keep-alive, Upgrade",
        "Connection: Upgrade, close",
        "Connection: close, Upgrade",
        "Connection: close\r\nConnection: Upgrade"
      })
  void does_not_keep_a_stream_from_opening(String fields) throws IOException {
    String request = client.request("/chat/", Config.RAW).replace("Connection: Upgrade", fields);

    try (Wire wire = client.connect().send(request)) {
      assertThat(wire.readResponse().status()).isEqualTo(101);
      assertThat(wire.send("hello").readText(5)).isEqualTo("hello");
    }
  }
}
