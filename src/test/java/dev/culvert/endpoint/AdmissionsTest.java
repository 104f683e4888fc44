package dev.culvert.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdmissionsTest {

  private final AtomicInteger expired = new AtomicInteger();
  private final Pending handshake =
      new Pending(Optional.of("chat"), client -> Optional.empty(), expired::incrementAndGet);
  private final Admissions admissions = new Admissions();

  @AfterEach
  void close() {
    admissions.close();
  }

  @Test
  void aTokenIsGoodForOneSession() {
    String token = admissions.admit(handshake).token();

    assertThat(admissions.find(token)).contains(handshake);
    assertThat(admissions.take(token)).isPresent();
    assertThat(admissions.take(token)).isEmpty();
    assertThat(admissions.find(token)).isEmpty();
  }

  @Test
  void aGuessedOneOpensNothing() {
    String unused = admissions.admit(handshake).token();

    assertThat(admissions.take("guessed")).isEmpty();
    assertThat(admissions.take(null)).isEmpty();
  }

  @Test
  void aHandshakeWithoutASessionExpires() {
    try (Admissions impatient = new Admissions(Duration.ofMillis(1))) {
      String token = impatient.admit(handshake).token();

      await("the expiry").until(() -> expired.get() == 1);
      assertThat(impatient.take(token)).isEmpty();
    }
    assertThat(expired).hasValue(1);
  }

  @Test
  void theEndOfTheDeploymentExpiresWhatWaitsAndNothingElse() {
    String taken = admissions.admit(handshake).token();
    assertThat(admissions.take(taken)).isPresent();
    String waiting = admissions.admit(handshake).token();

    admissions.close();

    assertThat(expired).hasValue(1);
    assertThat(admissions.take(waiting)).isEmpty();
  }
}
