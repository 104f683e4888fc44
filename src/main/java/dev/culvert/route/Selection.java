package dev.culvert.route;

import dev.culvert.admin.ProvidersBean;
import dev.culvert.admin.ProvidersMXBean;
import dev.culvert.admin.Registration;
import dev.culvert.boundary.Sample;
import dev.culvert.config.Settings;
import dev.culvert.provider.HealthChecks;
import dev.culvert.provider.Notes;
import dev.culvert.provider.ProviderEvents;
import dev.culvert.provider.Providers;
import dev.culvert.provider.lease.LeaseStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * The upstreams that a deployment's requests can go to, with what checks them, and what shows them
 * to operators. Any thread, but for {@link #begin} and {@link #close}.
 */
final class Selection implements AutoCloseable {

  /** How exactly checks keep their intervals. */
  private static final Duration TICK = Duration.ofMillis(200);

  private static final RandomGenerator RANDOM = () -> ThreadLocalRandom.current().nextLong();

  private final Gateway gateway;
  private final ProviderEvents events;
  private final Providers providers;

  /** The container's deployment threads'. */
  private Optional<Registration> bean = Optional.empty();

  Selection(Gateway gateway, LeaseStore leases, Notes notes, Settings settings) {
    HostBindings bindings = new HostBindings(gateway.host(), gateway.deployment());
    this.gateway = gateway;
    this.events = new ProviderReport(gateway);
    this.providers =
        new Providers(leases, bindings, notes, bindings::streams, events, System::nanoTime, RANDOM);
    providers.configure(settings);
  }

  /** Takes up the checks, which end with the workers' repetitions. */
  void begin(Workers workers) {
    HealthChecks checks =
        new HealthChecks(providers, new HostProber(gateway), events, System::nanoTime, RANDOM);
    Future<?> unused = workers.every(TICK, checks);
    bean =
        Optional.of(
            new Registration(
                ProvidersMXBean.class,
                new ProvidersBean(providers),
                ProvidersBean.name(gateway.application())));
  }

  Providers providers() {
    return providers;
  }

  ProviderEvents events() {
    return events;
  }

  /** The state of each circuit, as a metric. */
  List<Sample> samples() {
    return ProviderReport.samples(providers.list());
  }

  @Override
  public void close() {
    bean.ifPresent(Registration::close);
  }
}
