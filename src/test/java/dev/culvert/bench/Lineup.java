package dev.culvert.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who takes part. */
final class Lineup {

  private Lineup() {}

  /**
   * Returns the contestants of each table, in its order, those that cannot run included.
   *
   * @throws IllegalArgumentException when one is wanted that is in no table
   */
  static Map<Transport, List<Contestant>> of(BenchSettings settings) throws IOException {
    Certificate certificate = Certificate.make(settings.directory().resolve("certificate"));
    Map<Transport, List<Contestant>> lineup = new LinkedHashMap<>();
    for (Transport transport : settings.tables()) {
      lineup.put(
          transport,
          switch (transport) {
            case PLAIN -> plain(settings);
            case TLS -> tls(settings, certificate);
          });
    }
    return wanted(lineup, settings.contestants());
  }

  private static List<Contestant> plain(BenchSettings settings) {
    List<Contestant> contestants = new ArrayList<>();
    contestants.add(new Direct(Optional.empty()));
    contestants.addAll(tunnels(settings, Optional.empty()));
    contestants.addAll(endpoints(settings));
    contestants.addAll(List.of(Program.NGINX, Program.HAPROXY, Program.CADDY));
    return contestants;
  }

  /** Relay mode, and what it builds on: the servers' own WebSocket endpoints. */
  private static List<Contestant> endpoints(BenchSettings settings) {
    Application relay = new Application.Culvert(settings.war(), "relay");
    Application onPayara = new Application.Endpoint(settings.micro());
    Application onWildFly = new Application.Endpoint(settings.wildFly());
    return List.of(
        onPayara("culvert-relay", settings, relay),
        onPayara("payara-endpoint", settings, onPayara),
        onPayara("payara-endpoint-nested", settings, onPayara, "--nested"),
        onWildFly("culvert-relay-wildfly", settings, relay),
        onWildFly("wildfly-endpoint", settings, onWildFly));
  }

  private static Contestant onPayara(
      String name, BenchSettings settings, Application application, String... arguments) {
    return new OnPayara(
        name, settings.micro(), application, settings.jvm(), List.of(arguments), Optional.empty());
  }

  private static Contestant onWildFly(
      String name, BenchSettings settings, Application application) {
    return new OnWildFly(name, settings.wildFly(), application, settings.jvm(), Optional.empty());
  }

  private static List<Contestant> tls(BenchSettings settings, Certificate certificate) {
    List<Contestant> contestants = new ArrayList<>();
    contestants.add(new Direct(Optional.of(certificate)));
    contestants.addAll(tunnels(settings, Optional.of(certificate)));
    for (Program program : List.of(Program.NGINX, Program.HAPROXY, Program.CADDY)) {
      contestants.add(program.showing(certificate));
    }
    return contestants;
  }

  /** Culvert as it is meant to be used, on both servers. */
  private static List<Contestant> tunnels(
      BenchSettings settings, Optional<Certificate> certificate) {
    Application tunnel = new Application.Culvert(settings.war(), "tunnel");
    return List.of(
        new OnPayara("culvert", settings.micro(), tunnel, settings.jvm(), List.of(), certificate),
        new OnWildFly("culvert-wildfly", settings.wildFly(), tunnel, settings.jvm(), certificate));
  }

  private static Map<Transport, List<Contestant>> wanted(
      Map<Transport, List<Contestant>> lineup, List<String> names) {
    List<String> known =
        lineup.values().stream().flatMap(List::stream).map(Contestant::name).distinct().toList();
    if (!known.containsAll(names)) {
      throw new IllegalArgumentException(
          "bench.contestants: " + names + " (expected: some of " + known + ")");
    }
    lineup.replaceAll(
        (transport, all) ->
            all.stream()
                .filter(contestant -> names.isEmpty() || names.contains(contestant.name()))
                .toList());
    return lineup;
  }
}
