package dev.culvert.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the contestants of each table against each other and writes the tables. */
public final class StreamBench {

  private static final Duration START = Duration.ofSeconds(30);

  private final BenchSettings settings;
  private final Suite suite;
  private final Path directory;
  private final Report report;

  /** Those that can run, in the order of the table. */
  private final List<Contestant> contestants;

  /** All that runs. */
  private record Race(LoadProcess load, int upstreamPort, Map<Contestant, Running> running) {

    Measurement measure(Running contestant, Scenario scenario, Duration warmUp, Duration window)
        throws IOException {
      return load.measure(
          new Load(
              contestant.listener(), upstreamPort, scenario, warmUp, window, contestant.pids()));
    }
  }

  private StreamBench(BenchSettings settings, Suite suite, List<Contestant> contestants) {
    this.settings = settings;
    this.suite = suite;
    this.directory = settings.directory().resolve(suite.word());
    this.report = new Report(suite, contestants);
    this.contestants =
        contestants.stream().filter(contestant -> contestant.missing().isEmpty()).toList();
  }

  /**
   * Runs the benchmark.
   *
   * @param args none; see docs/benchmarks.md for the system properties
   * @throws IOException when something that has to run does not, or an echo was wrong
   */
  public static void main(String[] args) throws IOException {
    BenchSettings settings = BenchSettings.of(System.getProperties());
    StringBuilder text = new StringBuilder(Report.preface(settings, Machine.describe()));
    for (Map.Entry<Suite, List<Contestant>> table : Lineup.of(settings).entrySet()) {
      text.append(new StreamBench(settings, table.getKey(), table.getValue()).run());
    }
    if (settings.turns()) {
      text.append(TurnBench.run(settings));
    }
    Files.writeString(settings.directory().resolve("streams.md"), text);
    System.out.println("\n" + text);
  }

  private String run() throws IOException {
    try (ChildJvm upstream = ChildJvm.start(directory.resolve("upstream"), suite.upstream());
        LoadProcess load = LoadProcess.start(directory.resolve("load"))) {
      int upstreamPort = Integer.parseInt(upstream.hear(START));
      Map<Contestant, Running> running = new LinkedHashMap<>();
      try {
        for (Contestant contestant : contestants) {
          progress("start " + contestant.name());
          Path own = Files.createDirectories(directory.resolve(contestant.name()));
          running.put(contestant, contestant.start(upstreamPort, own));
        }
        Race race = new Race(load, upstreamPort, running);
        warm(race);
        measureSpeed(race);
        if (suite.hasIdleStreams() && settings.idle() > 0) {
          measureMemory(race);
        }
      } finally {
        running.values().forEach(Running::close);
      }
    }
    return report.markdown(settings);
  }

  /** Everybody once, so that just-in-time compilers have seen every scenario. */
  private void warm(Race race) throws IOException {
    for (Map.Entry<Contestant, Running> entry : race.running().entrySet()) {
      progress("warm up " + entry.getKey().name());
      for (Scenario scenario : suite.scenarios(settings)) {
        race.measure(entry.getValue(), scenario, Duration.ZERO, settings.firstWarmUp());
      }
    }
  }

  /** Contestants take turns within a round, each round begins with another one. */
  private void measureSpeed(Race race) throws IOException {
    for (Scenario scenario : suite.scenarios(settings)) {
      for (int round = 0; round < settings.rounds(); round++) {
        List<Contestant> order = new ArrayList<>(race.running().keySet());
        Collections.rotate(order, -round);
        for (Contestant contestant : order) {
          Running running = race.running().get(contestant);
          Measurement measurement =
              race.measure(running, scenario, settings.warmUp(), settings.window());
          report.add(scenario, contestant, measurement);
          progress(
              "%s, round %d, %s: %.0f %s"
                  .formatted(
                      scenario,
                      round + 1,
                      contestant.name(),
                      measurement.rate(),
                      scenario.traffic().rate()));
        }
      }
    }
  }

  private void measureMemory(Race race) throws IOException {
    MemoryMeter meter = new MemoryMeter(race.load(), settings.idle());
    for (Map.Entry<Contestant, Running> entry : race.running().entrySet()) {
      if (entry.getKey().role() != Contestant.Role.BASELINE) {
        progress("idle streams, " + entry.getKey().name());
        report.add(entry.getKey(), meter.measure(entry.getValue()));
      }
    }
  }

  private static void progress(String text) {
    System.out.println("bench: " + text);
  }
}
