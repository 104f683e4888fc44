package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ServerThreadTest {

  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void waitsUntilTheServersThreadHasReturned() {
    ServerThread.awaitReturn(requestWhoseThreadReturnsAtQuestion(5));

    assertThat(asked).hasValue(5);
  }

  @Test
  void doesNotWaitWhenItHas() {
    ServerThread.awaitReturn(requestWhoseThreadReturnsAtQuestion(1));

    assertThat(asked).hasValue(1);
  }

  private HttpServletRequest requestWhoseThreadReturnsAtQuestion(int last) {
    AsyncContext async =
        Stub.of(
            AsyncContext.class,
            Map.of(
                "setTimeout",
                arguments -> {
                  if (asked.incrementAndGet() == last) {
                    throw new IllegalStateException("returned");
                  }
                  return null;
                }));
    return Stub.of(HttpServletRequest.class, Map.of("getAsyncContext", arguments -> async));
  }
}
