package dev.culvert.turn.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The times of a client's WebSocket, by a clock of the test. */
class SocketLifeTest {

  private static final Duration NONE = Duration.ZERO;

  private final List<String> told = new ArrayList<>();
  private final List<Due> dues = new ArrayList<>();
  private long now = 17;
  private boolean busy;

  private record Due(long at, Runnable task) {}

  private final SocketLife.Watched watched =
      new SocketLife.Watched() {
        @Override
        public boolean isBusy() {
          return busy;
        }

        @Override
        public void ping() {
          told.add("ping");
        }

        @Override
        public void end(int code, String reason) {
          told.add(code + " " + reason);
        }
      };

  private SocketLife begin(Duration timeout, Duration idle, Duration ping, Duration credential) {
    SocketLife life =
        new SocketLife(
            new SocketLimits(timeout, idle, ping, credential), this::after, () -> now, watched);
    life.begin();
    return life;
  }

  private Runnable after(Duration delay, Runnable task) {
    Due due = new Due(now + delay.toNanos(), task);
    dues.add(due);
    return () -> dues.remove(due);
  }

  /** Lets time pass, and what is due happen. */
  private void pass(Duration time) {
    long end = now + time.toNanos();
    Optional<Due> next = next(end);
    while (next.isPresent()) {
      now = Math.max(now, next.get().at());
      dues.remove(next.get());
      next.get().task().run();
      next = next(end);
    }
    now = end;
  }

  private Optional<Due> next(long end) {
    return dues.stream().filter(due -> due.at() <= end).min(Comparator.comparing(Due::at));
  }

  @Test
  void aSilentClientIsAskedAgainAndAgain() {
    SocketLife life = begin(NONE, NONE, Duration.ofSeconds(50), NONE);

    pass(Duration.ofSeconds(49));
    assertThat(told).isEmpty();
    pass(Duration.ofSeconds(52));
    assertThat(told).containsExactly("ping", "ping");
    life.heard();
    pass(Duration.ofSeconds(49));
    assertThat(told).hasSize(2);
    pass(Duration.ofSeconds(1));
    assertThat(told).hasSize(3);
  }

  @Test
  void anIdleSocketEnds() {
    SocketLife life = begin(NONE, Duration.ofSeconds(10), NONE, NONE);

    pass(Duration.ofSeconds(9));
    life.told();
    pass(Duration.ofSeconds(9));
    life.heard();
    pass(Duration.ofSeconds(9));
    assertThat(told).isEmpty();
    life.answered();
    pass(Duration.ofSeconds(1));

    assertThat(told).containsExactly("1001 idle timeout");
  }

  @Test
  void oneWithATurnUnderWayIsNotIdle() {
    SocketLife life = begin(NONE, Duration.ofSeconds(10), NONE, NONE);
    busy = true;
    pass(Duration.ofSeconds(95));
    busy = false;
    assertThat(told).isEmpty();

    pass(Duration.ofSeconds(10));
    assertThat(told).containsExactly("1001 idle timeout");
    life.end();
  }

  @Test
  void theTimeOutAndTheCredentialEndItToo() {
    SocketLife life = begin(Duration.ofHours(2), NONE, NONE, Duration.ofHours(1));

    pass(Duration.ofHours(3));

    assertThat(told).containsExactly("1008 credential expired", "1001 stream timeout");
    life.end();
  }

  @Test
  void behindTheEndNothingIsWatched() {
    SocketLife life =
        begin(
            Duration.ofHours(2), Duration.ofHours(1), Duration.ofSeconds(50), Duration.ofHours(1));

    life.end();

    assertThat(dues).isEmpty();
    assertThat(told).isEmpty();
  }
}
