package dev.culvert.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.HedgeRules;
import dev.culvert.config.Settings;
import dev.culvert.config.SettingsReader;
import dev.culvert.config.Upstream;
import dev.culvert.config.Values;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.ProxiedRequest;
import dev.culvert.provider.Ask;
import dev.culvert.provider.Bindings;
import dev.culvert.provider.CircuitState;
import dev.culvert.provider.Credential;
import dev.culvert.provider.ProviderEvents;
import dev.culvert.provider.Providers;
import dev.culvert.provider.TestLeases;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Exchanges of a route {@code r} over providers {@code a}, {@code b}, in this order. */
final class ExchangeRig implements ProviderEvents, Bindings, AutoCloseable {

  final TestLeases leases = new TestLeases();
  final List<String> told = new CopyOnWriteArrayList<>();
  final Transport transport = TransportRig.transport();

  /** Of each attempt. */
  UpstreamCall.Limits limits = TransportRig.LIMITS;

  private final Settings settings;
  private final Providers providers;
  private final boolean ours;

  /**
   * @param urls of the providers
   * @param more keys and values
   */
  ExchangeRig(List<String> urls, String... more) {
    this(false, urls, more);
  }

  /**
   * @param ours whether requests show a credential of ours
   */
  ExchangeRig(boolean ours, List<String> urls, String... more) {
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
    settings =
        SettingsReader.read(
            new Values() {
              @Override
              public Iterable<String> names() {
                return values.keySet();
              }

              @Override
              public Optional<String> value(String key) {
                return Optional.ofNullable(values.get(key));
              }
            });
    providers =
        new Providers(leases, this, name -> 0, this, System::nanoTime, new Random(20_260_101));
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
    client.begin(
        new ProxiedExchange(
            transport,
            providers.attempts(
                settings.routes().get("r"),
                new Ask(Optional.empty(), group -> true, feature -> Optional.empty())),
            plan(method),
            new ProxiedExchange.Request(method, content, hedge),
            client,
            this));
    return client;
  }

  private Plan plan(String method) {
    return new Plan() {
      @Override
      public Result plan(Upstream upstream, Upstream.Address address) {
        return new Send(
            new Destination(address, Optional.empty(), ""),
            new ProxiedRequest.Ready(method, "upstream.test", "/", Headers.NONE),
            limits,
            ours ? "acme" : "",
            ours ? Credential.ACCOUNT : Credential.NONE);
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
    return Optional.empty();
  }

  @Override
  public void bind(String session, String provider) {}

  @Override
  public void unbind(String session) {}

  @Override
  public void close() {
    transport.close();
  }
}
