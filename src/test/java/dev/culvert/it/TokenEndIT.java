package dev.culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.it.WebSocketPeer.Close;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.ServerExtension;
import dev.culvert.testkit.ServerKind;
import dev.culvert.testkit.Wire;
import dev.culvert.testkit.app.TokenLogin;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Callers with a token of MicroProfile JWT, which the server itself verifies. */
@Tag(ServerKind.ONLY_PAYARA)
@ExtendWith(ServerExtension.class)
class TokenEndIT {

  private static final String AUTHORIZATION = "Authorization";

  private final TokenIssuer issuer = new TokenIssuer();
  private Application application;
  private EchoUpstream echo;

  TokenEndIT() throws GeneralSecurityException {}

  @BeforeEach
  void deploy(Application deployed) throws IOException {
    application = deployed;
    echo = EchoUpstream.start();
    issuer.trustedBy(application);
    application.deploy(
        Config.empty()
            .routeTo("badge", echo.url())
            .onRoute("badge", "roles", "chat")
            .onRoute("badge", "on-redeploy", "detached")
            .war()
            .withClasses(TokenLogin.class)
            .packed());
  }

  @AfterEach
  void stop() {
    echo.close();
  }

  @Test
  void a_stream_ends_with_the_token_that_opened_it() throws Exception {
    Instant expires = Instant.now().plusSeconds(3).truncatedTo(ChronoUnit.SECONDS);
    String bearer = issuer.bearer("carol", "chat", expires);

    try (WebSocketPeer peer =
        WebSocketPeer.connect(application.ws("/badge/"), AUTHORIZATION, bearer)) {
      assertThat(peer.send("until then").next()).isEqualTo("until then");
      assertThat(new Management(application.server()).awaitStream("badge").user())
          .isEqualTo("carol");

      assertThat(peer.awaitClose()).isEqualTo(new Close(1008, "credential expired"));
      assertThat(Instant.now()).isAfterOrEqualTo(expires);
    }
  }

  @Test
  void a_token_that_another_key_has_signed_opens_none() throws Exception {
    String forged = new TokenIssuer().bearer("carol", "chat", Instant.now().plusSeconds(60));

    try (Wire wire =
        new Client(application)
            .ask("/badge/", EchoStream.WEBSOCKET, AUTHORIZATION + ": " + forged)) {
      assertThat(wire.readResponse().status()).isEqualTo(401);
    }
  }
}
