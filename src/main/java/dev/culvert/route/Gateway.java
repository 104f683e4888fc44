package dev.culvert.route;

import dev.culvert.access.Access;
import dev.culvert.boot.HostFinder;
import dev.culvert.boundary.Fields;
import dev.culvert.boundary.HostBoundary;
import dev.culvert.boundary.PoolSpec;
import dev.culvert.boundary.Sample;
import dev.culvert.config.ConfigException;
import dev.culvert.config.PoolRules;
import dev.culvert.config.Route;
import dev.culvert.config.Routes;
import dev.culvert.config.Settings;
import dev.culvert.config.SettingsReader;
import dev.culvert.config.Upstream;
import dev.culvert.config.Values;
import dev.culvert.http.Transport;
import dev.culvert.meter.MeterPublisher;
import dev.culvert.meter.Meters;
import dev.culvert.provider.ProviderEvents;
import dev.culvert.provider.Providers;
import dev.culvert.turn.Accounts;
import jakarta.servlet.ServletContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * One deployment's gateway: the configuration in force and the way to the host. Safe for use by any
 * thread.
 */
final class Gateway {

  private static final Logger LOG = System.getLogger("dev.culvert");

  /** Settings and what is derived from them, replaced together. */
  record Configuration(Settings settings, Routes routes) {
    private static Configuration of(Settings settings) {
      return new Configuration(settings, new Routes(settings));
    }
  }

  private final String application;
  private final Supplier<Settings> source;
  private final HostBoundary host;
  private final long deployment;
  private final Workers workers = new Workers();
  private final PortableStreams portableStreams;
  private final TakeOverChoice takeOver;
  private final Turns turns = new Turns();
  private final Leases leases;
  private final Selection selection;
  private final HttpExchanges exchanges;

  /** The host holds it weakly. */
  private final Consumer<String> hostListener = this::onHostEvent;

  /** Replaced by {@link #reload}, one at a time. */
  private volatile Configuration configuration;

  /** The repeated reload; guarded by this. */
  private Optional<Future<?>> reloads = Optional.empty();

  private final Set<String> declaredRoles;

  /** Shows the host's counts; the container's deployment threads'. */
  private Optional<MeterPublisher> meters = Optional.empty();

  /** Why the last regular reload failed, empty when it did not; the housekeeper's. */
  private String knownFault = "";

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
    this.source = source;
    this.configuration = Configuration.of(settings);
    this.declaredRoles = roles(settings);
    this.deployment = host.deploy(application);
    this.portableStreams = new PortableStreams(host, deployment, workers.executor());
    this.takeOver = new TakeOverChoice(host);
    this.leases =
        new Leases(
            new DeploymentLeases(host, deployment, application), workers, settings.sessions());
    this.selection = new Selection(this, leases, settings);
    this.exchanges = new HttpExchanges(new Transport(settings.transport(), SuppliedClient.find()));
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
    apply(configuration.settings());
    leases.start();
    host.listen(deployment, hostListener);
    exchanges.begin(application);
    Future<?> unused = workers.every(Duration.ofSeconds(1), publisher);
    selection.begin(workers);
    reloadEvery(configuration.settings().reloadInterval());
    LOG.log(
        Level.INFO,
        "CULVERT-G001 gateway started: application={0} deployment={1} routes={2}",
        application,
        Long.toString(deployment),
        configuration.settings().routes().keySet());
    if (configuration.settings().routes().isEmpty()) {
      LOG.log(
          Level.WARNING,
          "CULVERT-G002 no route is configured: set culvert.upstreams.<name>.url,"
              + " culvert.routes.<route>.path and culvert.routes.<route>.upstreams");
    }
    Administration.PATHS.forEach(path -> tellOfRoutesAt(configuration.settings(), path));
  }

  /** Nobody shall wonder why a route does not answer there. */
  private static void tellOfRoutesAt(Settings settings, String path) {
    Set<String> routes =
        settings.routes().values().stream()
            .filter(route -> route.path().matches(path))
            .map(Route::name)
            .collect(Collectors.toCollection(TreeSet::new));
    if (!routes.isEmpty()) {
      LOG.log(
          Level.INFO,
          "CULVERT-G009 these routes get requests for {0} that ask for an upgrade, and no other"
              + " ones: {1}",
          path,
          routes);
    }
  }

  private synchronized void reloadEvery(Duration interval) {
    reloads.ifPresent(running -> running.cancel(false));
    reloads =
        interval.isZero()
            ? Optional.empty()
            : Optional.of(workers.every(interval, this::reloadQuietly));
  }

  /** Ends the gateway; streams end or live on as their policies say. */
  void stop() {
    selection.close();
    workers.endRepetitions();
    turns.close();
    exchanges.close();
    leases.end(); // whoever is admitted behind the undeployment would be counted for good
    host.undeploy(deployment);
    portableStreams.awaitEnd();
    leases.close(); // by now the deployment's have ended, and Redis is told
    workers.close();
    meters.ifPresent(MeterPublisher::close);
    LOG.log(
        Level.INFO,
        "CULVERT-G003 gateway stopped: application={0} deployment={1}",
        application,
        Long.toString(deployment));
  }

  /**
   * Reads the configuration again and puts it into force when it is valid and has changed.
   *
   * @throws ConfigException when it is not valid; nothing has changed then
   */
  synchronized void reload() {
    Settings before = configuration.settings();
    Settings next = source.get();
    if (next.equals(before)) {
      return;
    }
    leases.configure(next.sessions());
    // The host first: a stream to a new address must not look like one to an address that has left.
    apply(next);
    selection.providers().configure(next);
    configuration = Configuration.of(next);
    LOG.log(
        Level.INFO,
        "CULVERT-G004 configuration reloaded: application={0} routes={1}",
        application,
        next.routes().keySet());
    warnOfUndeclaredRoles(next);
    Administration.PATHS.forEach(path -> tellOfRoutesAt(next, path));
    if (!next.reloadInterval().equals(before.reloadInterval())) {
      reloadEvery(next.reloadInterval());
    }
  }

  /** Payara takes roles at deployment only; an undeclared one is nobody's there. */
  private void warnOfUndeclaredRoles(Settings settings) {
    Set<String> undeclared = roles(settings);
    undeclared.removeAll(declaredRoles);
    if (!undeclared.isEmpty()) {
      LOG.log(
          Level.WARNING,
          "CULVERT-G008 roles that the server may not know before the next deployment: {0}",
          undeclared);
    }
  }

  /** Logs a fault when it is new, not at every interval. */
  private void reloadQuietly() {
    try {
      reload();
      knownFault = "";
    } catch (ConfigException e) {
      if (!knownFault.equals(e.getMessage())) {
        knownFault = e.getMessage();
        LOG.log(Level.WARNING, "CULVERT-G005 configuration not reloaded: {0}", knownFault);
      }
    }
  }

  private void onHostEvent(String event) {
    if (event.equals("reload")) {
      try {
        reload();
      } catch (ConfigException e) {
        // A JMX client knows no class of ours.
        throw new IllegalArgumentException(e.getMessage());
      }
    } else if (event.equals("leases")) {
      leases.settle();
    }
  }

  private void apply(Settings settings) {
    host.buckets(
        settings.durationBuckets().stream().map(bound -> bound.toMillis() / 1000.0).toList());
    host.retain(deployment, addressesInUse(settings));
    exchanges.transport().configure(settings.transport());
    host.pool(deployment, Fields.of(poolSpec(settings)));
  }

  private static PoolSpec poolSpec(Settings settings) {
    PoolRules rules = settings.pool();
    return new PoolSpec(
        rules.enabled(),
        rules.maxAge().toMillis(),
        rules.maxPerAccount(),
        rules.pingInterval().toMillis(),
        rules.openTimeout().toMillis(),
        rules.responseStartTimeout().toMillis(),
        rules.keep(),
        Accounts.fingerprints(settings));
  }

  /** Addresses of upstreams that some route uses. */
  private static Set<String> addressesInUse(Settings settings) {
    return settings.routes().values().stream()
        .flatMap(route -> route.upstreams().stream())
        .flatMap(name -> settings.upstreams().get(name).addresses().stream())
        .map(Upstream.Address::authority)
        .collect(Collectors.toSet());
  }

  /** Roles that the configuration names, to be declared for {@code isUserInRole}. */
  String[] declaredRoles() {
    return declaredRoles.toArray(new String[0]);
  }

  private static Set<String> roles(Settings settings) {
    Set<String> roles = new TreeSet<>(settings.adminRoles());
    settings.routes().values().forEach(route -> roles.addAll(route.roles()));
    settings.upstreams().values().forEach(upstream -> roles.addAll(upstream.groups()));
    roles.remove(Access.ANY_USER);
    return roles;
  }

  /** The configuration in force; a request reads it once. */
  Configuration configuration() {
    return configuration;
  }

  /** Roles that may manage the gateway, as of now. */
  Set<String> adminRoles() {
    return configuration.settings().adminRoles();
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
    return samples;
  }

  /** Adds one to a counter; not any more once the deployment has ended. */
  void count(String name, Map<String, String> tags) {
    try {
      host.count(deployment, name, tags, 1);
    } catch (IllegalStateException e) {
      LOG.log(Level.DEBUG, "not counted after the undeployment: {0} {1}", name, tags);
    }
  }

  /** Adds a value to a histogram; not any more once the deployment has ended. */
  void observe(String name, Map<String, String> tags, double value, List<Double> bounds) {
    try {
      host.observe(deployment, name, tags, value, bounds);
    } catch (IllegalStateException e) {
      LOG.log(Level.DEBUG, "not observed after the undeployment: {0} {1}", name, tags);
    }
  }

  /** Evicts an account's sockets; none any more once the deployment has ended. */
  int evict(String account) {
    try {
      return host.evict(deployment, account);
    } catch (IllegalStateException e) {
      return 0;
    }
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
  ExecutorService answering() {
    return workers.answering();
  }
}
