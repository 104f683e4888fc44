package dev.culvert.bench;

import dev.culvert.sim.SimulatedUpstream;
import dev.culvert.testkit.Application;
import dev.culvert.testkit.CertificateAuthority;
import dev.culvert.testkit.Identity;
import dev.culvert.testkit.PayaraMicro;
import dev.culvert.testkit.TlsTerminator;
import dev.culvert.testkit.War;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** Mode {@code turns} on Payara Micro, with and without its pool. */
final class TurnBench {

  private static final int BACKENDS = 8;
  private static final String BASE = "direct, kept";

  private final BenchSettings settings;

  private TurnBench(BenchSettings settings) {
    this.settings = settings;
  }

  /** Runs it and returns its tables. */
  static String run(BenchSettings settings) throws IOException {
    return new TurnBench(settings).run();
  }

  private String run() throws IOException {
    CertificateAuthority issuer = new CertificateAuthority("turns");
    Files.createDirectories(settings.directory());
    Path trust =
        Files.writeString(
            settings.directory().resolve("turns-ca.pem"), Identity.pem(issuer.certificate()));
    SSLContext shown = issuer.issue("127.0.0.1").context(issuer.certificate());
    try (SimulatedUpstream upstream =
            SimulatedUpstream.start(SimulatedUpstream.Settings.PLAIN.withBackends(BACKENDS));
        TlsTerminator secure = new TlsTerminator(shown, upstream.port());
        PayaraMicro server = PayaraMicro.start();
        Application pooled = server.application("pooled");
        Application unpooled = server.application("unpooled")) {
      Map<String, String> config = config(upstream.port(), secure.url(), trust);
      Path war = War.culvert().withConfig(config).packed();
      pooled.deploy(war);
      config.put("culvert.pool.enabled", "false");
      unpooled.deploy(War.culvert().withConfig(config).packed());
      String caches = caches(upstream, pooled, unpooled, war);
      SSLContext trusting = Identity.anonymous(issuer.certificate());
      int securePort = URI.create(secure.url()).getPort();
      return "\n## Turns, prompt caches\n\n"
          + caches
          + "\n## Turns, first visible event\n\n"
          + latencies(upstream.port(), Optional.empty(), pooled, unpooled)
          + "\n## Turns, first visible event, TLS to the upstream\n\n"
          + latencies(securePort, Optional.of(trusting), pooled, unpooled);
    }
  }

  private static Map<String, String> config(int port, String secureUrl, Path trust) {
    Map<String, String> config = new HashMap<>();
    config.put("culvert.upstreams.plain.url", "ws://127.0.0.1:" + port);
    config.put("culvert.upstreams.tls.url", secureUrl);
    config.put("culvert.upstreams.tls.tls.trust", trust.toAbsolutePath().toString());
    for (String name : List.of("plain", "tls")) {
      config.put("culvert.routes." + name + ".path", "/" + name);
      config.put("culvert.routes." + name + ".mode", "turns");
      config.put("culvert.routes." + name + ".upstreams", name);
    }
    config.put("culvert.pool.max-per-account", Integer.toString(CacheRun.CONVERSATIONS));
    return config;
  }

  private static String caches(
      SimulatedUpstream upstream, Application pooled, Application unpooled, Path war)
      throws IOException {
    Table table =
        new Table("pool", "hit rate", "single turns, lowest - median - highest", "connections");
    URI route = pooled.http("/plain");
    cacheRow(table, "on", new CacheRun(route, "a"), upstream, () -> {});
    cacheRow(
        table,
        "on, redeployed in the middle",
        new CacheRun(route, "b"),
        upstream,
        () -> pooled.redeploy(war));
    cacheRow(table, "off", new CacheRun(unpooled.http("/plain"), "c"), upstream, () -> {});
    return table.toString();
  }

  private static void cacheRow(
      Table table, String name, CacheRun run, SimulatedUpstream upstream, Runnable inTheMiddle)
      throws IOException {
    System.out.println("bench: prompt caches, pool " + name);
    long before = upstream.accepted();
    run.run(inTheMiddle);
    List<Double> rates = run.turnRates();
    table.row(
        name,
        percent(run.hitRate()),
        "%s - %s - %s"
            .formatted(
                percent(rates.get(0)),
                percent(rates.get(rates.size() / 2)),
                percent(rates.get(rates.size() - 1))),
        Long.toString(upstream.accepted() - before));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", share * 100);
  }

  private String latencies(
      int port, Optional<SSLContext> tls, Application pooled, Application unpooled)
      throws IOException {
    String path = tls.isPresent() ? "/tls" : "/plain";
    FirstEvents events = new FirstEvents();
    try (TurnCaller direct = new DirectCaller(port, tls, false);
        TurnCaller reused = new HttpCaller(pooled.http(path));
        TurnCaller dialled = new DirectCaller(port, tls, true);
        TurnCaller oneShot = new HttpCaller(unpooled.http(path))) {
      events.add(BASE, direct);
      events.add("Culvert, reused", reused);
      events.add("direct, dialled for the turn", dialled);
      events.add("Culvert, dialled for the turn", oneShot);
      System.out.println("bench: first visible event, " + path);
      events.measure(settings.firstWarmUp(), settings.rounds());
    }
    return events.markdown(BASE);
  }
}
