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
  static Map<Suite, List<Contestant>> of(BenchSettings settings) throws IOException {
    Certificate certificate = Certificate.make(settings.directory().resolve("certificate"));
    Map<Suite, List<Contestant>> lineup = new LinkedHashMap<>();
    for (Suite suite : settings.suites()) {
      lineup.put(
          suite,
          switch (suite) {
            case PLAIN -> plain(settings);
            case TLS -> tls(settings, certificate);
            case HTTP -> http(settings);
          });
    }
    return wanted(lineup, settings.contestants());
  }

  private static List<Contestant> plain(BenchSettings settings) {
    List<Contestant> contestants = new ArrayList<>();
    contestants.add(new Direct(Optional.empty()));
    contestants.addAll(culvert(settings, "tunnel", Optional.empty()));
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
    contestants.addAll(culvert(settings, "tunnel", Optional.of(certificate)));
    for (Program program : List.of(Program.NGINX, Program.HAPROXY, Program.CADDY)) {
      contestants.add(program.showing(certificate));
    }
    return contestants;
  }

  /** Culvert as it is meant to be used, on both servers. */
  private static List<Contestant> culvert(
      BenchSettings settings, String mode, Optional<Certificate> certificate) {
    Application culvert = new Application.Culvert(settings.war(), mode);
    return List.of(
        new OnPayara("culvert", settings.micro(), culvert, settings.jvm(), List.of(), certificate),
        new OnWildFly("culvert-wildfly", settings.wildFly(), culvert, settings.jvm(), certificate));
  }

  private static List<Contestant> http(BenchSettings settings) {
    List<Contestant> contestants = new ArrayList<>();
    contestants.add(new Direct(Optional.empty()));
    contestants.addAll(culvert(settings, "http", Optional.empty()));
    contestants.add(JvmPeer.vertx(settings));
    contestants.add(JvmPeer.springGateway(settings));
    for (Program program : List.of(Program.NGINX, Program.HAPROXY, Program.CADDY)) {
      contestants.add(program.passingRequests());
    }
    return contestants;
  }

  private static Map<Suite, List<Contestant>> wanted(
      Map<Suite, List<Contestant>> lineup, List<String> names) {
    List<String> known =
        lineup.values().stream().flatMap(List::stream).map(Contestant::name).distinct().toList();
    if (!known.containsAll(names)) {
      throw new IllegalArgumentException(
          "bench.contestants: " + names + " (expected: some of " + known + ")");
    }
    lineup.replaceAll(
        (suite, all) ->
            all.stream()
                .filter(contestant -> names.isEmpty() || names.contains(contestant.name()))
                .toList());
    return lineup;
  }
}
