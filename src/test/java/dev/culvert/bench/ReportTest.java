package dev.culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class ReportTest {

  private static final Contestant DIRECT = new Direct(Optional.empty());
  private static final Contestant FAST = new Fake("fast", Contestant.Role.PEER, Optional.empty());
  private static final Contestant SLOW = new Fake("slow", Contestant.Role.PEER, Optional.empty());
  private static final Contestant ABSENT =
      new Fake("absent", Contestant.Role.PEER, Optional.of("not installed"));
  private static final Contestant OURS =
      new Fake("ours", Contestant.Role.SUBJECT, Optional.empty());

  private static final Scenario MESSAGES = new Scenario(Traffic.MESSAGES, 32, 1024);

  private final BenchSettings settings = BenchSettings.of(new Properties());
  private final Report report = new Report(Suite.TLS, List.of(DIRECT, OURS, FAST, SLOW, ABSENT));

  @Test
  void comparesMediansWithDirectAndTheBestPeer() {
    report.add(MESSAGES, DIRECT, round(4_000));
    report.add(MESSAGES, FAST, round(2_000));
    report.add(MESSAGES, SLOW, round(100));
    report.add(MESSAGES, OURS, round(9_000));
    report.add(MESSAGES, OURS, round(1_000));
    report.add(MESSAGES, OURS, round(3_000));

    assertThat(report.markdown(settings).lines().map(line -> line.replaceAll(" +", " ")))
        .contains(
            "## TLS, 32 connections, 1024 bytes",
            "| direct | 4,000 | 4,000 - 4,000 | 1.00 | - | 50 | 99 | - |",
            "| ours | 3,000 | 1,000 - 9,000 | 0.75 | 1.50 | 50 | 99 | 100.0 |",
            "| fast | 2,000 | 2,000 - 2,000 | 0.50 | 1.00 | 50 | 99 | 150.0 |",
            "| slow | 100 | 100 - 100 | 0.03 | 0.05 | 50 | 99 | 3000.0 |",
            "| absent | not installed | | | | | | |");
  }

  @Test
  void comparesRequestsWithPeersOnTheJvmToo() {
    Contestant sibling = new Fake("sibling", Contestant.Role.JVM_PEER, Optional.empty());
    Report requests = new Report(Suite.HTTP, List.of(DIRECT, OURS, FAST, sibling));
    Scenario scenario = new Scenario(Traffic.REQUESTS, 64, 1_000_000);
    requests.add(scenario, DIRECT, round(4_000));
    requests.add(scenario, OURS, round(1_500));
    requests.add(scenario, FAST, round(3_000));
    requests.add(scenario, sibling, round(1_000));

    assertThat(requests.markdown(settings).lines().map(line -> line.replaceAll(" +", " ")))
        .contains(
            "## HTTP, 64 connections, 1000000 bytes",
            "| contestant | requests/s | lowest - highest | MB/s | of direct | of best peer"
                + " | of JVM peer | p50 us | p99 us | CPU s per million |",
            "| direct | 4,000 | 4,000 - 4,000 | 4,000 | 1.00 | - | - | 50 | 99 | - |",
            "| ours | 1,500 | 1,500 - 1,500 | 1,500 | 0.38 | 0.50 | 1.50 | 50 | 99 | 200.0 |",
            "| fast | 3,000 | 3,000 - 3,000 | 3,000 | 0.75 | 1.00 | 3.00 | 50 | 99 | 100.0 |");
  }

  @Test
  void listsMemory() {
    report.add(OURS, new Memory(4_500, OptionalLong.of(1_200)));
    report.add(SLOW, new Memory(18_000, OptionalLong.empty()));

    assertThat(report.markdown(settings).lines().map(line -> line.replaceAll(" +", " ")))
        .contains(
            "## TLS, 2000 idle streams",
            "| ours | 4,500 | 1,200 | 5,700 |",
            "| slow | 18,000 | - | 18,000 |",
            "| absent | not installed | | |");
  }

  @Test
  void leavesOutWhatWasNotMeasured() {
    assertThat(report.markdown(settings)).doesNotContain("##");
  }

  private static Measurement round(long messages) {
    return new Measurement(
        messages,
        Duration.ofSeconds(1),
        Duration.ofNanos(50_000),
        Duration.ofNanos(99_000),
        Duration.ofMillis(300));
  }

  private record Fake(String name, Contestant.Role role, Optional<String> missing)
      implements Contestant {

    @Override
    public Running start(int upstreamPort, Path directory) {
      throw new UnsupportedOperationException("the report starts nobody");
    }
  }
}
