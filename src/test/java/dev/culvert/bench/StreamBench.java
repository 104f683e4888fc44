package dev.culvert.bench;

import dev.culvert.testkit.EchoUpstream;
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
  private final Path directory;
  private final Report report;

  /** Those that can run, in the order of the table. */
  private final List<Contestant> contestants;

  private StreamBench(BenchSettings settings, Transport transport, List<Contestant> contestants) {
    this.settings = settings;
    this.directory = settings.directory().resolve(transport.word());
    this.report = new Report(transport, contestants);
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
    for (Map.Entry<Transport, List<Contestant>> table : Lineup.of(settings).entrySet()) {
      text.append(new StreamBench(settings, table.getKey(), table.getValue()).run());
    }
    if (settings.turns()) {
      text.append(TurnBench.run(settings));
    }
    Files.writeString(settings.directory().resolve("streams.md"), text);
    System.out.println("\n" + text);
  }

  private String run() throws IOException {
    try (ChildJvm upstream = ChildJvm.start(directory.resolve("upstream"), EchoUpstream.class);
        LoadProcess load = LoadProcess.start(directory.resolve("load"))) {
      int upstreamPort = Integer.parseInt(upstream.hear(START));
      Map<Contestant, Running> running = new LinkedHashMap<>();
      try {
        for (Contestant contestant : contestants) {
          progress("start " + contestant.name());
          Path own = Files.createDirectories(directory.resolve(contestant.name()));
          running.put(contestant, contestant.start(upstreamPort, own));
        }
        warm(load, running);
        measureSpeed(load, running);
        measureMemory(load, running);
      } finally {
        running.values().forEach(Running::close);
      }
    }
    return report.markdown(settings);
  }

  /** Everybody once, so that just-in-time compilers have seen every scenario. */
  private void warm(LoadProcess load, Map<Contestant, Running> running) throws IOException {
    for (Map.Entry<Contestant, Running> entry : running.entrySet()) {
      progress("warm up " + entry.getKey().name());
      for (int payload : settings.payloads()) {
        load.measure(load(entry.getValue(), payload, Duration.ZERO, settings.firstWarmUp()));
      }
    }
  }

  /** Contestants take turns within a round, each round begins with another one. */
  private void measureSpeed(LoadProcess load, Map<Contestant, Running> running) throws IOException {
    for (int payload : settings.payloads()) {
      for (int round = 0; round < settings.rounds(); round++) {
        List<Contestant> order = new ArrayList<>(running.keySet());
        Collections.rotate(order, -round);
        for (Contestant contestant : order) {
          Measurement measurement =
              load.measure(
                  load(running.get(contestant), payload, settings.warmUp(), settings.window()));
          report.add(payload, contestant, measurement);
          progress(
              "%d bytes, round %d, %s: %.0f msg/s"
                  .formatted(payload, round + 1, contestant.name(), measurement.rate()));
        }
      }
    }
  }

  private Load load(Running contestant, int payload, Duration warmUp, Duration window) {
    return new Load(
        contestant.listener(), settings.connections(), payload, warmUp, window, contestant.pids());
  }

  private void measureMemory(LoadProcess load, Map<Contestant, Running> running)
      throws IOException {
    if (settings.idle() == 0) {
      return;
    }
    MemoryMeter meter = new MemoryMeter(load, settings.idle());
    for (Map.Entry<Contestant, Running> entry : running.entrySet()) {
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
