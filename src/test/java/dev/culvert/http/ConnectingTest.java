package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.provider.TestTimer;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.reactor.IOSession;
import org.junit.jupiter.api.Test;

/** How long the making of a connection takes, by the clock. */
class ConnectingTest {

  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final TestTimer timer = new TestTimer();
  private final List<String> told = new ArrayList<>();
  private final Connecting connecting =
      new Connecting(LIMIT, timer, late -> told.add("late: " + late.getMessage()));

  /** What the library is told by, since the connection is asked for. */
  private FutureCallback<IOSession> library;

  private void begin() {
    var unused =
        connecting
            .watching(
                (endpoint, remote, local, timeout, attachment, callback) -> {
                  library = callback;
                  return new CompletableFuture<>();
                })
            .connect(null, null, null, null, null, new Told<>("address"));
  }

  private IOSession session() {
    return (IOSession)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {IOSession.class},
            (proxy, method, arguments) -> {
              told.add("session: " + method.getName());
              return null;
            });
  }

  private final class Told<T> implements FutureCallback<T> {

    private final String name;

    Told(String name) {
      this.name = name;
    }

    @Override
    public void completed(T result) {
      told.add(name + ": completed");
    }

    @Override
    public void failed(Exception cause) {
      told.add(name + ": " + cause.getMessage());
    }

    @Override
    public void cancelled() {
      told.add(name + ": cancelled");
    }
  }

  @Test
  void an_address_that_does_not_answer_has_failed_at_the_limit() {
    begin();
    timer.pass(LIMIT.minusMillis(1));
    assertThat(told).isEmpty();
    timer.pass(Duration.ofMillis(1));

    assertThat(told).containsExactly("address: not connected within PT5S");
  }

  @Test
  void what_comes_after_that_is_closed() {
    begin();
    timer.pass(LIMIT);
    told.clear();

    library.completed(session());

    assertThat(told).containsExactly("session: close");
  }

  @Test
  void so_is_what_nobody_wants_any_more() {
    begin();
    connecting.stop();

    library.completed(session());

    assertThat(told).containsExactly("session: close");
  }

  @Test
  void a_connection_that_leads_nowhere_is_an_end_and_nothing_goes_out_any_more() {
    begin();
    library.completed(session());
    timer.pass(LIMIT);

    assertThat(told)
        .containsExactly("address: completed", "late: null: no tunnel or no TLS within PT5S");
    assertThat(connecting.done()).isFalse();
  }

  @Test
  void the_next_address_has_its_own_time() {
    begin();
    timer.pass(LIMIT.minusMillis(1));
    library.failed(new Exception("refused"));
    begin();
    timer.pass(LIMIT.minusMillis(1));

    assertThat(told).containsExactly("address: refused");
    library.completed(session());
    assertThat(connecting.done()).isTrue();
  }

  @Test
  void what_is_done_is_watched_no_more_and_left_alone() {
    begin();
    library.completed(session());

    assertThat(connecting.done()).isTrue();

    assertThat(timer.size()).isZero();
    connecting.stop();
    assertThat(told).containsExactly("address: completed");
  }

  @Test
  void who_waits_is_told_when_it_is_not_wanted_any_more() {
    FutureCallback<String> step = connecting.step(new Told<>("step"));
    begin();
    library.completed(session());
    told.clear();

    connecting.stop();
    step.failed(new Exception("again"));

    assertThat(told).containsExactly("session: close", "step: not wanted any more");
    assertThat(timer.size()).isZero();
    assertThat(connecting.done()).isFalse();
  }

  @Test
  void nothing_begins_after_that() {
    connecting.stop();
    begin();
    connecting.step(new Told<>("step"));

    assertThat(library).isNull();
    assertThat(told).containsExactly("address: cancelled", "step: not wanted any more");
    assertThat(timer.size()).isZero();
  }
}
