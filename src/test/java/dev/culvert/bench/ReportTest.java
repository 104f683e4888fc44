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

  private final BenchSettings settings = BenchSettings.of(new Properties());
  private final Report report =
      new Report(Transport.TLS, List.of(DIRECT, OURS, FAST, SLOW, ABSENT));

  @Test
  void comparesMediansWithDirectAndTheBestPeer() {
    report.add(1024, DIRECT, round(4_000));
    report.add(1024, FAST, round(2_000));
    report.add(1024, SLOW, round(100));
    report.add(1024, OURS, round(9_000));
    report.add(1024, OURS, round(1_000));
    report.add(1024, OURS, round(3_000));

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
