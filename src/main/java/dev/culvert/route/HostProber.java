package dev.culvert.route;

import dev.culvert.boundary.DialResult;
import dev.culvert.boundary.DialSpec;
import dev.culvert.boundary.Fields;
import dev.culvert.config.Settings;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.HealthRequest;
import dev.culvert.provider.Prober;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Has the host ask an upstream; one address that answers is enough. */
record HostProber(Gateway gateway) implements Prober {

  /** Nobody reads them. */
  private static final int MAX_HEAD = 16 * 1024;

  @Override
  public CompletionStage<Optional<String>> probe(Upstream upstream) {
    try {
      return gateway
          .host()
          .dial(gateway.deployment(), Fields.of(dialSpec(upstream)))
          .thenApplyAsync(fields -> wrong(Fields.to(DialResult.class, fields)), gateway.workers());
    } catch (IllegalStateException e) {
      return CompletableFuture.failedFuture(e); // the deployment has ended
    }
  }

  private DialSpec dialSpec(Upstream upstream) {
    List<Candidates.Candidate> asked =
        upstream.addresses().stream()
            .map(
                address ->
                    new Candidates.Candidate(
                        upstream, address, HealthRequest.head(upstream, address)))
            .toList();
    Candidates.Found candidates = new Candidates.Found(asked);
    Duration timeout = upstream.health().timeout();
    Settings settings = gateway.configuration().settings();
    Duration connect = settings.connectTimeout();
    return new DialSpec(
        gateway.application(),
        "",
        0,
        candidates.authorities(),
        candidates.heads(),
        candidates.tls(),
        candidates.proxies(settings.transport()),
        Math.min(connect.toMillis(), timeout.toMillis()),
        timeout.toMillis(),
        MAX_HEAD,
        0);
  }

  private Optional<String> wrong(DialResult result) {
    if (result.connection() != 0) {
      gateway.host().abandon(result.connection());
    }
    if (!result.outcome().equals(DialResult.RESPONSE)) {
      return Optional.of(result.outcome() + ": " + result.detail());
    }
    return HealthRequest.isPassed(result.status())
        ? Optional.empty()
        : Optional.of("status: " + result.status() + " (expected: 101 or 200 to 299)");
  }
}
