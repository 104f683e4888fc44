package dev.culvert.it;

import static dev.culvert.it.Config.RAW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes right after the handshake, in the same segment or not, arrive whole and in order. */
@ExtendWith(ServerExtension.class)
class EarlyBytesIT {

  private static final int MOST = 1024 * 1024;
  private static final byte[] DATA = new byte[MOST];

  private static ScriptedUpstream echo;
  private static ScriptedUpstream talkative;
  private static ScriptedUpstream late;
  private static Client client;

  @BeforeAll
  static void deploy(Application application) throws IOException {
    new Random(1).nextBytes(DATA);
    client = new Client(application);
    echo =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              connection.send(Upgrades.switching(request));
              connection.send(connection.read(count(request.target())));
            });
    talkative =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              connection.send(joined(Upgrades.switching(request), first(count(request.target()))));
              connection.readToEnd();
            });
    late =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              // The rest of the client's bytes reaches the server while it waits for this answer.
              String head = Upgrades.switching(request);
              for (int i = 0; i < head.length(); i++) {
                connection.send(head.substring(i, i + 1));
              }
              connection.send(connection.read(count(request.target())));
            });
    application.deploy(
        Config.empty()
            .routeTo("echo", echo.url())
            .routeTo("talkative", talkative.url())
            .routeTo("late", late.url())
            .packed());
  }

  @AfterAll
  static void close() throws IOException {
    echo.close();
    talkative.close();
    late.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000, 4096, 8192, 65_536, MOST})
  void of_the_client_in_one_write_with_its_request(int size) throws IOException {
    try (Wire wire = client.connect()) {
      wire.send(joined(client.request("/echo/" + size, RAW), first(size)));

      assertThat(wire.readResponse().status()).isEqualTo(101);
      assertThat(wire.read(size)).isEqualTo(first(size));
    }
  }

  @ParameterizedTest
  @CsvSource({"/echo/", "/late/"})
  void of_the_client_in_a_write_of_their_own_before_the_answer(String path) throws IOException {
    int size = 65_536;
    try (Wire wire = client.ask(path + size, RAW)) {
      wire.send(first(size));

      assertThat(wire.readResponse().status()).isEqualTo(101);
      assertThat(wire.read(size)).isEqualTo(first(size));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000, 65_536, MOST})
  void of_the_upstream_in_one_write_with_its_101(int size) throws IOException {
    try (Wire wire = client.open("/talkative/" + size, RAW)) {
      assertThat(wire.read(size)).isEqualTo(first(size));
    }
  }

  private static int count(String target) {
    return Integer.parseInt(target.substring(target.lastIndexOf('/') + 1));
  }

  private static byte[] first(int size) {
    return Arrays.copyOf(DATA, size);
  }

  private static byte[] joined(String head, byte[] rest) {
    byte[] headBytes = head.getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = Arrays.copyOf(headBytes, headBytes.length + rest.length);
    System.arraycopy(rest, 0, all, headBytes.length, rest.length);
    return all;
  }
}
