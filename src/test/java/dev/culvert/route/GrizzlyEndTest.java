package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.endpoint.UpgradedRequest;
import dev.culvert.provider.TestTimer;
import dev.culvert.route.PayaraRequest.GrizzlyRequest;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Grizzly closes after what is queued, however long nobody takes that. */
class GrizzlyEndTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final FakeUpgrade connection = new FakeUpgrade();
  private final PayaraRequest request = new PayaraRequest();
  private final GrizzlyRequest grizzly = request.grizzly;
  private final TestTimer timer = new TestTimer();
  private final GrizzlyEnd end =
      new GrizzlyEnd(
          connection,
          UpgradedRequest.of(request.facade(Map.of())).orElseThrow().socket().orElseThrow(),
          new StallLimit(PATIENCE, timer, timer::nanos));
  private int ends;

  @BeforeEach
  void closeAsTheServerDoes() {
    connection.whenClosing(grizzly::closeGracefully);
  }

  @Test
  void it_is_closed_when_nothing_is_queued() {
    end.close(() -> ends++);

    assertThat(ends).isEqualTo(1);
    assertThat(timer.size()).isZero();
  }

  @Test
  void it_is_closed_after_what_the_client_takes_late() {
    grizzly.queue(100);
    end.close(() -> ends++);
    timer.pass(PATIENCE.minusMillis(1));
    grizzly.queue(50);
    timer.pass(PATIENCE);
    assertThat(ends).isZero();

    grizzly.queue(0);

    assertThat(ends).isEqualTo(1);
    assertThat(grizzly.isTerminated()).isFalse();
    assertThat(timer.size()).isZero();
  }

  @Test
  void a_client_that_takes_nothing_is_cut_off() {
    grizzly.queue(100);
    end.close(() -> ends++);

    timer.pass(PATIENCE);

    assertThat(grizzly.isTerminated()).isTrue();
    assertThat(ends).isEqualTo(1);
    assertThat(timer.size()).isZero();
  }

  @Test
  void an_abort_waits_for_nothing() {
    grizzly.queue(100);

    end.abort(() -> ends++);

    assertThat(grizzly.isTerminated()).isTrue();
    assertThat(connection.closes()).isEqualTo(1);
    assertThat(ends).isEqualTo(1);
  }

  @Test
  void an_abort_cuts_a_close_short() {
    grizzly.queue(100);
    end.close(() -> ends++);

    end.abort(() -> {});

    assertThat(grizzly.isTerminated()).isTrue();
    assertThat(ends).isEqualTo(1);
    assertThat(timer.size()).isZero();
  }
}
