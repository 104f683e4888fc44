package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.endpoint.UpgradedRequest;
import dev.culvert.provider.TestTimer;
import dev.culvert.route.PayaraRequest.GrizzlyRequest;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Grizzly closes behind what is queued, however long nobody takes that. */
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
          timer,
          PATIENCE,
          timer::nanos);
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
  void it_is_closed_behind_what_the_client_takes_late() {
    grizzly.queued = true;
    end.close(() -> ends++);
    timer.pass(PATIENCE);
    assertThat(ends).isZero();

    grizzly.queued = false;
    timer.pass(Duration.ofMillis(20));

    assertThat(ends).isEqualTo(1);
    assertThat(grizzly.isTerminated()).isFalse();
  }

  @Test
  void a_client_that_takes_nothing_is_cut_off() {
    grizzly.queued = true;
    end.close(() -> ends++);

    timer.pass(PATIENCE.plusMillis(40));

    assertThat(grizzly.isTerminated()).isTrue();
    assertThat(ends).isEqualTo(1);
    assertThat(timer.size()).isZero();
  }

  @Test
  void the_end_of_the_gateway_cuts_it_off_since_that_runs_every_timer() {
    GrizzlyEnd ending =
        new GrizzlyEnd(
            connection,
            UpgradedRequest.of(request.facade(Map.of())).orElseThrow().socket().orElseThrow(),
            (delay, task) -> {
              task.run();
              return () -> {};
            },
            PATIENCE,
            timer::nanos);
    grizzly.queued = true;

    ending.close(() -> ends++);

    assertThat(grizzly.isTerminated()).isTrue();
    assertThat(ends).isEqualTo(1);
  }

  @Test
  void an_abort_waits_for_nothing() {
    grizzly.queued = true;

    end.abort(() -> ends++);

    assertThat(grizzly.isTerminated()).isTrue();
    assertThat(connection.closes()).isEqualTo(1);
    assertThat(ends).isEqualTo(1);
  }
}
