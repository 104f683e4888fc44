package dev.culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.testkit.EchoUpstream;
import dev.culvert.testkit.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadLoopTest {

  @ParameterizedTest
  @ValueSource(ints = {8, 1024, 300_000})
  void measuresAnUpstream(int payload) throws IOException {
    List<Long> pids = List.of(ProcessHandle.current().pid());
    try (EchoUpstream upstream = EchoUpstream.start()) {
      Measurement measurement =
          LoadLoop.run(
              new Load(
                  Listener.plain(upstream.port()),
                  upstream.port(),
                  new Scenario(Traffic.MESSAGES, 3, payload),
                  Duration.ZERO,
                  Duration.ofMillis(100),
                  pids));

      assertThat(measurement.messages()).isPositive();
      assertThat(measurement.window()).isGreaterThanOrEqualTo(Duration.ofMillis(100));
      assertThat(measurement.p50()).isPositive().isLessThanOrEqualTo(measurement.p99());
      assertThat(measurement.cpu()).isGreaterThanOrEqualTo(Duration.ZERO);
      assertThat(upstream.accepted()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 1024, 300_000})
  void measuresAnUpstreamThatSpeaksTls(int payload, @TempDir Path directory) throws IOException {
    Certificate certificate = Certificate.make(directory);
    SSLContext context = Identity.context(certificate.store(), Certificate.PASSWORD);
    try (EchoUpstream upstream = EchoUpstream.start(context)) {
      Listener listener = Listener.on(upstream.port(), Optional.of(certificate));
      Measurement measurement =
          LoadLoop.run(
              new Load(
                  listener,
                  upstream.port(),
                  new Scenario(Traffic.MESSAGES, 3, payload),
                  Duration.ZERO,
                  Duration.ofMillis(100),
                  List.of()));

      assertThat(measurement.messages()).isPositive();
      assertThat(upstream.accepted()).isEqualTo(3);
    }
  }

  @Test
  void failsWhereNobodyListens() throws IOException {
    int port = Server.freePort();
    Scenario scenario = new Scenario(Traffic.MESSAGES, 1, 8);
    Load load =
        new Load(
            Listener.plain(port), port, scenario, Duration.ZERO, Duration.ofMillis(1), List.of());

    assertThatThrownBy(() -> LoadLoop.run(load)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1024, 1_048_576})
  void measuresRequests(int body) throws IOException {
    try (HttpOrigin origin = HttpOrigin.start()) {
      Measurement measurement = run(origin, new Scenario(Traffic.REQUESTS, 3, body));

      assertThat(measurement.messages()).isGreaterThanOrEqualTo(3);
      assertThat(measurement.p50()).isPositive().isLessThanOrEqualTo(measurement.p99());
    }
  }

  @Test
  void measuresEventsAgainAndAgain() throws IOException {
    Scenario scenario = new Scenario(Traffic.EVENTS, 200, NumberedEvent.LENGTH);
    try (HttpOrigin origin = HttpOrigin.start()) {
      for (int i = 0; i < 3; i++) {
        assertThat(run(origin, scenario).messages()).isGreaterThanOrEqualTo(200);
      }
    }
  }

  private static Measurement run(HttpOrigin origin, Scenario scenario) throws IOException {
    Duration window = Duration.ofMillis(300);
    return LoadLoop.run(
        new Load(
            Listener.plain(origin.port()),
            origin.port(),
            scenario,
            Duration.ZERO,
            window,
            List.of()));
  }
}
