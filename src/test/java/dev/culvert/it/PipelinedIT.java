package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A client that asks for an upgrade before it has taken the answer to what it asked first. */
@Tag(ServerKind.ONLY_PAYARA)
@ExtendWith(ServerExtension.class)
class PipelinedIT {

  /** More than the systems' buffers hold; Payara keeps the rest and goes on to the next request. */
  private static final int LARGE = 8 * 1024 * 1024;

  private static final int RECEIVE_BUFFER = 16 * 1024;

  private Client client;
  private ScriptedUpstream echo;

  @BeforeEach
  void deploy(Application application) throws IOException {
    client = new Client(application);
    echo = ScriptedUpstream.onRequest(PipelinedIT::echo);
    application.deploy(
        Config.empty()
            .routeTo("echo", echo.url())
            .war()
            .with("large.txt", "x".repeat(LARGE))
            .packed());
  }

  @AfterEach
  void stop() throws IOException {
    echo.close();
  }

  private static void echo(RequestHead request, Wire connection) throws IOException {
    connection.send(Upgrades.switching(request));
    connection.send(connection.read(5));
  }

  @Test
  void gets_all_of_the_answer_and_then_the_stream() throws Exception {
    try (Wire wire = Wire.connect(client.port(), RECEIVE_BUFFER)) {
      wire.send(client.head("GET", "/large.txt", "") + client.request("/echo/", Config.RAW));
      echo.nextRequest();

      ResponseHead first = wire.readResponse();
      assertThat(first.status()).isEqualTo(200);
      assertThat(wire.readBody(first)).hasSize(LARGE);
      assertThat(wire.readResponse().status()).isEqualTo(101);
      wire.send("hello");
      assertThat(wire.readText(5)).isEqualTo("hello");
    }
  }
}
