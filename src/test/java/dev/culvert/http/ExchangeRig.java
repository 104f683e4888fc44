package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.HedgeRules;
import dev.culvert.config.Settings;
import dev.culvert.config.SettingsReader;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.ProxiedRequest;
import dev.culvert.provider.Ask;
import dev.culvert.provider.Attempts;
import dev.culvert.provider.Bindings;
import dev.culvert.provider.CircuitState;
import dev.culvert.provider.Credential;
import dev.culvert.provider.ProviderEvents;
import dev.culvert.provider.Providers;
import dev.culvert.provider.TestLeases;
import dev.culvert.provider.TestNotes;
import dev.culvert.provider.lease.StoreKind;
import dev.culvert.testkit.MapValues;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Exchanges of a route {@code r} over providers {@code a}, {@code b}, in this order. */
final class ExchangeRig implements ProviderEvents, Bindings, AutoCloseable {

  final TestLeases leases;
  final List<String> told = new CopyOnWriteArrayList<>();
  final Transport transport = TransportRig.transport();

  /** Of the calls that begin from now on. */
  volatile UpstreamCall.Limits limits = TransportRig.LIMITS;

  /** Where the requests that begin from now on go. */
  volatile Function<Upstream.Address, Destination> destinations =
      address -> new Destination(address, Optional.empty(), "");

  /** Looked at before a provider is asked; may throw, and may refuse. */
  volatile Function<String, Optional<Plan.Refused>> whilePlanning = provider -> Optional.empty();

  /** Looked at while a provider is chosen for a session; may throw. */
  volatile Function<String, Optional<String>> binding = session -> Optional.empty();

  /** Whose answers clients got. */
  final List<String> answering = new CopyOnWriteArrayList<>();

  /** Of the requests that begin from now on. */
  volatile Optional<String> session = Optional.empty();

  private final Settings settings;
  private final Providers providers;
  private final boolean ours;

  /**
   * @param urls of the providers
   * @param more keys and values
   */
  ExchangeRig(List<String> urls, String... more) {
    this(StoreKind.MEMORY, false, urls, more);
  }

  /**
   * @param ours whether requests show a credential of ours
   */
  ExchangeRig(boolean ours, List<String> urls, String... more) {
    this(StoreKind.MEMORY, ours, urls, more);
  }

  ExchangeRig(StoreKind stores, boolean ours, List<String> urls, String... more) {
    this.leases = new TestLeases(stores);
    this.ours = ours;
    Map<String, String> values = new TreeMap<>();
    values.put("culvert.routes.r.path", "/*");
    values.put("culvert.routes.r.mode", "http");
    values.put("culvert.routes.r.policy", "first");
    values.put("culvert.routes.r.retry.backoff", "1ms");
    List<String> names = List.of("a", "b", "c").subList(0, urls.size());
    values.put("culvert.routes.r.upstreams", String.join(",", names));
    for (int i = 0; i < urls.size(); i++) {
      values.put("culvert.upstreams." + names.get(i) + ".url", urls.get(i));
    }
    for (int i = 0; i < more.length; i += 2) {
      values.put("culvert." + more[i], more[i + 1]);
    }
    settings = SettingsReader.read(new MapValues(values));
    providers =
        new Providers(
            leases,
            this,
            new TestNotes(),
            name -> 0,
            this,
            System::nanoTime,
            new Random(20_260_101));
    providers.configure(settings);
  }

  RecordedClient get() {
    return begin("GET", Optional.empty(), HedgeRules.NONE);
  }

  RecordedClient hedged() {
    return begin("GET", Optional.empty(), settings.routes().get("r").hedge());
  }

  RecordedClient begin(String method, Optional<RequestContent> content, HedgeRules hedge) {
    RecordedClient client = new RecordedClient();
    client.begin(exchange(attempts(), method, content, hedge, client));
    return client;
  }

  Attempts attempts() {
    return providers.attempts(
        settings.routes().get("r"), new Ask(session, group -> true, feature -> Optional.empty()));
  }

  /** One that has not begun. */
  ProxiedExchange exchange(
      Attempts attempts,
      String method,
      Optional<RequestContent> content,
      HedgeRules hedge,
      Client client) {
    return new ProxiedExchange(
        transport,
        attempts,
        plan(method),
        new ProxiedExchange.Request(method, content, hedge),
        client,
        this);
  }

  private Plan plan(String method) {
    return new Plan() {
      @Override
      public Result plan(Upstream upstream, Upstream.Address address) {
        Optional<Refused> refused = whilePlanning.apply(upstream.name());
        if (refused.isPresent()) {
          return refused.get();
        }
        return new Send(
            destinations.apply(address),
            new ProxiedRequest.Ready(method, "upstream.test", "/", Headers.NONE),
            limits,
            ours ? "acme" : "",
            ours ? Credential.ACCOUNT : Credential.NONE);
      }

      @Override
      public void answers(Upstream upstream) {
        answering.add(upstream.name());
      }

      @Override
      public void refused(String account, int status, Optional<Duration> retryAfter) {
        told.add("refused " + account + " " + status);
      }
    };
  }

  void assertNothingHeld() {
    assertThat(leases.held()).isEmpty();
  }

  @Override
  public void attempted(String provider, String outcome) {
    told.add(provider + " " + outcome);
  }

  @Override
  public void hedged(String result) {
    told.add("hedged " + result);
  }

  @Override
  public void circuit(String provider, CircuitState state, Duration open) {}

  @Override
  public void health(String provider, boolean well, String detail) {}

  @Override
  public Optional<String> bound(String session) {
    return binding.apply(session);
  }

  @Override
  public void bind(String key, String provider) {
    told.add("bound " + provider);
  }

  @Override
  public void unbind(String session) {}

  @Override
  public void retain(Set<String> providers) {}

  @Override
  public void close() {
    transport.close();
    leases.dispose();
  }
}
