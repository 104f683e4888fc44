package dev.culvert.route;

import dev.culvert.admin.Health;
import dev.culvert.boot.HostFinder;
import dev.culvert.boundary.Fields;
import dev.culvert.boundary.HostBoundary;
import dev.culvert.boundary.Sample;
import dev.culvert.config.AdminRules;
import dev.culvert.config.ConfigException;
import dev.culvert.config.Settings;
import dev.culvert.config.SettingsReader;
import dev.culvert.config.Values;
import dev.culvert.http.Transport;
import dev.culvert.meter.MeterPublisher;
import dev.culvert.meter.Meters;
import dev.culvert.provider.ProviderEvents;
import dev.culvert.provider.ProviderView;
import dev.culvert.provider.Providers;
import dev.culvert.thread.Ending;
import jakarta.servlet.ServletContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One deployment's gateway: its parts, their beginning and their end, and the way to the host. Safe
 * for use by any thread.
 */
final class Gateway {

  private static final Logger LOG = System.getLogger("dev.culvert");

  private final String application;
  private final HostBoundary host;
  private final long deployment;
  private final Workers workers = new Workers();
  private final DeclaredRoles declaredRoles;
  private final ConfigurationLog log;
  private final LiveConfiguration configuration;
  private final PortableStreams portableStreams;
  private final TakeOverChoice takeOver;
  private final Turns turns = new Turns();
  private final AccountRests accountRests;
  private final Leases leases;
  private final Selection selection;
  private final HttpExchanges exchanges;
  private final Libraries libraries = new Libraries(workers.executor());

  /** The host holds it weakly. */
  private final Consumer<String> hostListener = this::onHostEvent;

  /** Shows the host's counts; the container's deployment threads'. */
  private Optional<MeterPublisher> meters = Optional.empty();

  private final Ending end;

  /** Set once, by the thread that undeploys. */
  private volatile boolean ending;

  /**
   * Registers the deployment with the host.
   *
   * @param settings of the beginning
   * @param source reads and checks the configuration anew, on whatever thread
   */
  Gateway(String application, HostBoundary host, Settings settings, Supplier<Settings> source) {
    this.application = application;
    this.host = host;
    this.declaredRoles = DeclaredRoles.of(settings);
    this.log = new ConfigurationLog(application, declaredRoles);
    this.configuration = new LiveConfiguration(settings, source, workers, this::prepare, log);
    this.deployment = host.deploy(application);
    HostNotes notes = new HostNotes(host, deployment);
    this.portableStreams =
        new PortableStreams(
            host,
            deployment,
            workers.executor(),
            workers::after,
            stream -> HandshakeLog.neverBegun(this, stream));
    this.takeOver = new TakeOverChoice(host);
    this.accountRests = new AccountRests(notes, turns.accounts());
    this.leases =
        new Leases(
            new DeploymentLeases(host, notes, deployment, application),
            workers,
            settings.sessions());
    this.selection = new Selection(this, leases, notes, settings);
    this.exchanges =
        new HttpExchanges(new Transport(settings.transport(), SuppliedClient.find()), workers);
    this.end = endInOrder();
  }

  private Ending endInOrder() {
    return new Ending()
        .step("libraries", libraries::close)
        .step("configuration", configuration::close)
        .step("providers' bean", selection::close)
        // First: what is cut off below is no fault of its upstream.
        .step("circuits", () -> selection.providers().note())
        .step("accounts", () -> accountRests.note(settings()))
        .step("repetitions", workers::endRepetitions)
        .step("turns", turns::close)
        .step("requests", exchanges::close)
        .step("admissions", leases::end) // one after the undeployment would be counted for good
        .step("streams", () -> host.undeploy(deployment))
        .step("portable streams", portableStreams::awaitEnd)
        .step("leases", leases::close) // by now the deployment's have ended, and Redis is told
        .step("threads", workers::close)
        .step("metrics", () -> meters.ifPresent(MeterPublisher::close));
  }

  /**
   * Reads the configuration, finds the host and begins.
   *
   * @throws ConfigException when the configuration is not valid
   * @throws IllegalStateException when there is no host
   */
  static Gateway start(ServletContext context) {
    Values values = Values.find();
    Supplier<Settings> source = () -> SettingsReader.read(values);
    Settings settings = source.get();
    HostFinder finder =
        new HostFinder(
            Version.of(context),
            () -> context.getResourceAsStream("/WEB-INF/host/culvert-host.jar"));
    String application = context.getVirtualServerName() + context.getContextPath();
    Gateway gateway = new Gateway(application, finder.find(), settings, source);
    gateway.begin();
    return gateway;
  }

  /** Takes up the work; a gateway that cannot has stopped when the fault arrives. */
  void begin() {
    try {
      takeUp();
    } catch (RuntimeException e) {
      stop();
      throw e;
    }
  }

  private void takeUp() {
    MeterPublisher publisher = new MeterPublisher(this::samples, Meters.find());
    meters = Optional.of(publisher);
    accountRests.recall(settings());
    apply(settings());
    leases.start();
    host.listen(deployment, hostListener);
    exchanges.begin(application);
    Future<?> unused = workers.every(Duration.ofSeconds(1), publisher);
    selection.begin(workers);
    configuration.begin();
    log.started(settings(), deployment);
  }

  /** Ends the gateway; streams end or live on as their policies say. */
  void stop() {
    end.run();
    LOG.log(
        Level.INFO,
        "CULVERT-G003 gateway stopped: application={0} deployment={1}",
        application,
        Long.toString(deployment));
  }

  /** Before requests find a changed configuration. */
  private void prepare(Settings next) {
    leases.configure(next.sessions());
    // The host first: a stream to a new address must not look like one to an address that has left.
    apply(next);
    selection.providers().configure(next);
  }

  private void apply(Settings settings) {
    HostSettings.tell(host, deployment, settings);
    exchanges.transport().configure(settings.transport());
    libraries.use(settings);
  }

  private void onHostEvent(String event) {
    if (event.equals("reload")) {
      try {
        boolean unused = reload();
      } catch (ConfigException e) {
        // A JMX client knows no class of ours.
        throw new IllegalArgumentException(e.getMessage());
      }
    } else if (event.equals("leases")) {
      leases.settle();
    }
  }

  /**
   * Reads the configuration again.
   *
   * @return false when the deployment ends, and nothing was read
   * @throws ConfigException when it is not valid; the one in force stays
   */
  boolean reload() {
    return configuration.reload();
  }

  /** Whether all is well, as of now. */
  Health health() {
    List<ProviderView> upstreams = providers().list();
    return new Health(
        settings().sessions().redis().isPresent() ? "redis" : "memory",
        leases.up(),
        upstreams.isEmpty() || leases.admits(upstreams.stream().map(ProviderView::name).toList()),
        upstreams);
  }

  /** Roles that the configuration names, to be declared for {@code isUserInRole}. */
  String[] declaredRoles() {
    return declaredRoles.names().toArray(new String[0]);
  }

  /** The configuration in force; a request reads it once. */
  Configuration configuration() {
    return configuration.inForce();
  }

  private Settings settings() {
    return configuration.settings();
  }

  /** Who may look after the gateway over HTTP, as of now. */
  AdminRules admin() {
    return settings().admin();
  }

  /**
   * All metrics of the application at this moment.
   *
   * @throws IllegalStateException when the deployment has ended
   */
  List<Sample> samples() {
    List<Sample> samples = new ArrayList<>();
    host.samples(deployment).forEach(fields -> samples.add(Fields.to(Sample.class, fields)));
    samples.add(leases.sample());
    samples.addAll(selection.samples());
    samples.addAll(exchanges.samples());
    return samples;
  }

  /** Adds one to a counter; not any more once the deployment has ended. */
  void count(String name, Map<String, String> tags) {
    WhileDeployed.run(() -> host.count(deployment, name, tags, 1));
  }

  /** Adds a value to a histogram; not any more once the deployment has ended. */
  void observe(String name, Map<String, String> tags, double value, List<Double> bounds) {
    WhileDeployed.run(() -> host.observe(deployment, name, tags, value, bounds));
  }

  /** Evicts an account's sockets; none any more once the deployment has ended. */
  int evict(String account) {
    return WhileDeployed.ask(() -> host.evict(deployment, account)).orElse(0);
  }

  /**
   * Notes that the deployment is about to end: what ends from now on does not end by itself.
   * Servers destroy the filters first, then the sessions, then the context.
   */
  void ending() {
    ending = true;
  }

  /** Closes the streams of a user's session, unless the sessions end with the deployment. */
  void sessionEnded(String sessionKey) {
    if (!ending) {
      host.close("session", sessionKey, 1008, "session ended", "expired");
      turns.sockets().sessionEnded(sessionKey);
    }
  }

  TakeOverChoice takeOver() {
    return takeOver;
  }

  Turns turns() {
    return turns;
  }

  /** Upstreams to choose from, and what is known of them. */
  Providers providers() {
    return selection.providers();
  }

  ProviderEvents providerEvents() {
    return selection.events();
  }

  HttpExchanges exchanges() {
    return exchanges;
  }

  PortableStreams portableStreams() {
    return portableStreams;
  }

  HostBoundary host() {
    return host;
  }

  String application() {
    return application;
  }

  long deployment() {
    return deployment;
  }

  /** For work that must not be done on the host's threads. */
  ExecutorService workers() {
    return workers.executor();
  }

  /** Runs a short task when the time is over, or at the end of the gateway if that is sooner. */
  Runnable after(Duration delay, Runnable task) {
    return workers.after(delay, task);
  }

  /** For answers that clients may be slow to take. */
  BoundedExecutor answers() {
    return workers.answers();
  }

  /** For 101s, likewise. */
  BoundedExecutor openings() {
    return workers.openings();
  }
}
