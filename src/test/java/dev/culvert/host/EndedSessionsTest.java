package dev.culvert.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.frame.CloseStatus;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How long ended sessions are remembered, and how many. */
class EndedSessionsTest {

  private static final CloseStatus ENDED = new CloseStatus(1008, "session ended");

  private final AtomicLong clock = new AtomicLong(-5);
  private final EndedSessions sessions = new EndedSessions(clock::get);

  @Test
  void aSessionIsRememberedForAMinute() {
    sessions.add("s1", ENDED);

    clock.addAndGet(TimeUnit.SECONDS.toNanos(60) - 1);
    assertThat(sessions.find("s1")).contains(ENDED);
    assertThat(sessions.find("s2")).isEmpty();
    clock.incrementAndGet();
    assertThat(sessions.find("s1")).isEmpty();
  }

  @Test
  void beyondSoManyTheOldestIsForgotten() {
    for (int i = 0; i <= EndedSessions.MOST; i++) {
      sessions.add("s" + i, ENDED);
    }

    assertThat(sessions.find("s0")).isEmpty();
    assertThat(sessions.find("s1")).contains(ENDED);
  }
}
