package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whether the server's thread has returned, asked of servers that are known. */
class ReturnProbeTest {

  /** A server's own. */
  interface Known extends AsyncContext {
    boolean isDone();
  }

  private static Known exchange(boolean done) {
    return Stub.of(Known.class, Map.of("isDone", arguments -> done));
  }

  private static ReturnProbe probe(Known exchange, String method, boolean whenReturned) {
    return ReturnProbe.of(exchange.getClass(), new ReturnProbe.Question(method, whenReturned));
  }

  @Test
  void the_answer_is_that_of_the_server() {
    Known done = exchange(true);
    Known begun = exchange(false);

    assertThat(probe(done, "isDone", true).hasReturned(done)).contains(true);
    assertThat(probe(begun, "isDone", true).hasReturned(begun)).contains(false);
    assertThat(probe(done, "isDone", false).hasReturned(done)).contains(false);
    assertThat(probe(begun, "isDone", false).hasReturned(begun)).contains(true);
  }

  @Test
  void a_server_that_is_not_known_has_none() {
    Known exchange = exchange(true);

    assertThat(ReturnProbe.of(exchange.getClass()).hasReturned(exchange)).isEmpty();
  }

  @Test
  void nor_has_one_without_such_a_question() {
    Known exchange = exchange(true);

    assertThat(probe(exchange, "isOver", true).hasReturned(exchange)).isEmpty();
    assertThat(probe(exchange, "getTimeout", true).hasReturned(exchange)).isEmpty();
  }

  @Test
  void each_class_has_a_probe_of_its_own() {
    Known exchange = exchange(true);
    AsyncContext other = Stub.of(AsyncContext.class, Map.of());

    assertThat(probe(exchange, "isDone", true).isFor(exchange)).isTrue();
    assertThat(probe(exchange, "isDone", true).isFor(other)).isFalse();
  }
}
