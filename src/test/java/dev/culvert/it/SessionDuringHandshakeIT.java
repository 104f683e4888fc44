package dev.culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.Wire;
import dev.culvert.testkit.app.SessionServlet;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A session that ends, or not, while the upstream thinks about the handshake. */
@ExtendWith(ServerExtension.class)
class SessionDuringHandshakeIT {

  private static final String ALICE =
      "Authorization: Basic " + Base64.getEncoder().encodeToString("alice:ecila".getBytes(UTF_8));

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch answer = new CountDownLatch(1);

  @Test
  void a_session_that_ends_opens_no_stream(Application application) throws Exception {
    assertThat(statusAfter("end", application)).isEqualTo(403);
  }

  @Test
  void a_session_that_goes_on_opens_one(Application application) throws Exception {
    assertThat(statusAfter("begin", application)).isEqualTo(101);
  }

  /** Does something with the session between the upstream's request and its 101. */
  private int statusAfter(String what, Application application) throws Exception {
    try (ScriptedUpstream upstream =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              asked.countDown();
              await(answer);
              connection.send(Upgrades.switching(request));
              connection.readToEnd();
            })) {
      application.deploy(
          Config.empty()
              .routeTo("chat", upstream.url())
              .onRoute("chat", "roles", "chat")
              .war()
              .withBasicAuthentication()
              .withClasses(SessionServlet.class)
              .packed());
      Client client = new Client(application);
      String session = SessionCookie.of(client, "begin", ALICE);
      try (Wire wire = client.ask("/chat/", Config.RAW, ALICE, session)) {
        await(asked);
        String unused = SessionCookie.of(client, what, ALICE, session);
        answer.countDown();

        ResponseHead head = wire.readResponse();
        return head.status();
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
