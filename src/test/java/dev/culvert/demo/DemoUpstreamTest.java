package dev.culvert.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DemoUpstreamTest {

  private static final Duration OFTEN = Duration.ofMillis(5);
  private static final Duration NEVER = Duration.ofDays(1);

  @Test
  void countsOnEachStreamByItself() throws IOException, InterruptedException {
    try (DemoUpstream upstream = DemoUpstream.start(OFTEN);
        Ticks first = new Ticks(address(upstream))) {
      assertThat(first.next()).isEqualTo("stream 1 tick 1");
      assertThat(first.next()).isEqualTo("stream 1 tick 2");
      try (Ticks second = new Ticks(address(upstream))) {
        assertThat(second.next()).isEqualTo("stream 2 tick 1");
      }
    }
  }

  @Test
  void echoes() throws IOException, InterruptedException {
    try (DemoUpstream upstream = DemoUpstream.start(NEVER);
        Ticks client = new Ticks(address(upstream))) {
      client.say("hello");
      assertThat(client.next()).isEqualTo("hello");

      client.say("x".repeat(70_000));
      assertThat(client.next()).hasSize(70_000);
    }
  }

  private static URI address(DemoUpstream upstream) {
    return URI.create("ws://127.0.0.1:" + upstream.port() + "/any");
  }
}
