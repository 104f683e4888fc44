package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.provider.TestTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How far a call has come, and what takes too long. */
class CallProgressTest {

  private static final Duration RESPONSE = Duration.ofSeconds(5);
  private static final Duration IDLE = Duration.ofSeconds(3);

  private final TestTimer timer = new TestTimer();
  private final List<String> late = new ArrayList<>();

  private CallProgress progress(Duration response, Duration idle, boolean hasBody) {
    return new CallProgress(
        TransportRig.limits(response, idle), hasBody, timer, timer::nanos, late::add);
  }

  @Test
  void a_kept_connection_may_be_stale_for_a_moment() {
    CallProgress progress = progress(Duration.ZERO, Duration.ZERO, false);
    assertThat(progress.mayBeStale()).as("not kept").isFalse();
    progress.connected();
    progress.kept();

    timer.pass(Duration.ofMillis(999));
    assertThat(progress.mayBeStale()).isTrue();
    timer.pass(Duration.ofMillis(1));
    assertThat(progress.mayBeStale()).isFalse();
  }

  @Test
  void one_that_has_brought_something_is_not() {
    CallProgress progress = progress(Duration.ZERO, Duration.ZERO, false);
    progress.connected();
    progress.kept();

    progress.informed();

    assertThat(progress.mayBeStale()).isFalse();
  }

  @Test
  void the_head_must_come_within_its_limit_after_the_request() {
    progress(RESPONSE, Duration.ZERO, false).connected();

    timer.pass(RESPONSE.minusMillis(1));
    assertThat(late).isEmpty();
    timer.pass(Duration.ofMillis(1));

    assertThat(late).containsExactly("no response for PT5S");
  }

  @Test
  void a_body_that_takes_its_time_does_not_count_as_waiting_for_the_head() {
    CallProgress progress = progress(RESPONSE, Duration.ZERO, true);
    progress.connected();

    timer.pass(RESPONSE.multipliedBy(3));
    assertThat(late).isEmpty();
    progress.requestEnded();
    timer.pass(RESPONSE.minusMillis(1));
    assertThat(late).isEmpty();
    timer.pass(Duration.ofMillis(1));

    assertThat(late).containsExactly("no response for PT5S");
  }

  @Test
  void silence_counts_while_a_body_goes_out() {
    CallProgress progress = progress(RESPONSE, IDLE, true);
    progress.connected();

    timer.pass(IDLE.minusMillis(1));
    progress.moved();
    timer.pass(IDLE.minusMillis(1));
    assertThat(late).isEmpty();
    timer.pass(Duration.ofMillis(1));

    assertThat(late).containsExactly("nothing for PT3S");
  }

  @Test
  void silence_counts_after_the_head_and_the_limit_of_the_head_does_not() {
    CallProgress progress = progress(Duration.ofSeconds(1), IDLE, false);
    progress.connected();
    progress.headReceived();

    timer.pass(IDLE.minusMillis(1));
    progress.moved();
    timer.pass(IDLE.minusMillis(1));
    assertThat(late).isEmpty();
    timer.pass(Duration.ofMillis(1));

    assertThat(late).containsExactly("nothing for PT3S");
  }

  @Test
  void informational_answers_do_not_put_the_head_off() {
    CallProgress progress = progress(RESPONSE, Duration.ZERO, false);
    progress.connected();

    timer.pass(RESPONSE.minusMillis(1));
    progress.informed();
    timer.pass(Duration.ofMillis(1));

    assertThat(late).containsExactly("no response for PT5S");
  }

  @Test
  void but_while_a_body_goes_out_they_are_no_silence() {
    CallProgress progress = progress(RESPONSE, IDLE, true);
    progress.connected();

    timer.pass(IDLE.minusMillis(1));
    progress.informed();
    timer.pass(IDLE.minusMillis(1));
    assertThat(late).isEmpty();
    timer.pass(Duration.ofMillis(1));

    assertThat(late).containsExactly("nothing for PT3S");
  }

  @Test
  void without_limits_nothing_is_watched() {
    CallProgress progress = progress(Duration.ZERO, Duration.ZERO, true);
    progress.connected();
    progress.requestEnded();
    progress.headReceived();

    assertThat(timer.size()).isZero();
  }

  @Test
  void the_end_leaves_nothing_with_the_timer() {
    CallProgress progress = progress(RESPONSE, IDLE, false);
    progress.connected();
    assertThat(timer.size()).isEqualTo(1);

    progress.stop();
    progress.headReceived();

    assertThat(timer.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_request_counts_as_sent_once_its_head_goes_out(boolean hasBody) {
    CallProgress progress = progress(Duration.ZERO, Duration.ZERO, hasBody);
    assertThat(progress.isSent()).isFalse();
    progress.connected();
    assertThat(progress.isSent()).isFalse();
    progress.composed();
    assertThat(progress.isSent()).isTrue();
  }

  @Test
  void faults_are_the_requests_between_the_connection_and_its_head() {
    CallProgress progress = progress(Duration.ZERO, Duration.ZERO, false);
    assertThat(progress.isComposing()).isFalse();
    progress.connected();
    assertThat(progress.isComposing()).isTrue();
    progress.composed();
    assertThat(progress.isComposing()).isFalse();
  }

  @Test
  void a_client_that_does_not_tell_may_have_sent_it_from_the_first() {
    CallProgress progress = progress(RESPONSE, Duration.ZERO, false);
    progress.untold();

    assertThat(progress.isSent()).isTrue();
    timer.pass(RESPONSE);
    assertThat(late).containsExactly("no response for PT5S");
  }
}
