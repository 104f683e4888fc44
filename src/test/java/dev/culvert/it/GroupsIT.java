package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Wire;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Upstreams for callers of a group, on routes for every user. Only the upstreams name the group, in
 * which alice is and bob is not.
 */
@ExtendWith(ServerExtension.class)
class GroupsIT extends SimulatedTurns {

  private static EchoUpstream echo;
  private static ScriptedUpstream pages;

  @BeforeAll
  static void deploy() throws IOException {
    echo = EchoUpstream.start();
    pages = ScriptedUpstream.answering(ScriptedUpstream.ok("hello"));
    application.deploy(
        Config.empty()
            .routeTo("streams", echo.url())
            .onRoute("streams", "roles", "**")
            .set("upstreams.streams.groups", "chat")
            .routeTo("pages", pages.url())
            .onRoute("pages", "mode", "http")
            .onRoute("pages", "roles", "**")
            .set("upstreams.pages.groups", "chat")
            .turns("turns", "llm", upstream.port())
            .onRoute("turns", "roles", "**")
            .set("upstreams.llm.groups", "chat")
            .war()
            .withBasicAuthentication()
            .packed());
  }

  @AfterAll
  static void close() throws IOException {
    echo.close();
    pages.close();
  }

  @ParameterizedTest
  @CsvSource({"alice, ecila, 101, 1", "bob, bob, 503, 0"})
  void streams(String user, String password, int status, int reached) throws IOException {
    long accepted = echo.accepted();
    String login = "Authorization: " + HttpAnswers.basic(user, password);
    try (Wire wire = new Client(application).ask("/streams/", Config.RAW, login)) {
      assertThat(wire.readResponse().status()).isEqualTo(status);
    }
    assertThat(echo.accepted() - accepted).isEqualTo(reached);
  }

  @ParameterizedTest
  @CsvSource({"alice, ecila, 200, 1", "bob, bob, 503, 0"})
  void requests(String user, String password, int status, int reached) throws Exception {
    int accepted = pages.accepted();
    String login = HttpAnswers.basic(user, password);
    assertThat(HttpAnswers.get(application.http("/pages/x"), login).statusCode()).isEqualTo(status);
    assertThat(pages.accepted() - accepted).isEqualTo(reached);
  }

  @ParameterizedTest
  @CsvSource({"alice, 200, 1", "bob, 503, 0"})
  void turns(String user, int status, int reached) throws Exception {
    TurnPeer peer = new TurnPeer(application, "/turns/responses").as(user);
    assertThat(peer.ask(conversation).statusCode()).isEqualTo(status);
    assertThat(opened()).isEqualTo(reached);
  }
}
