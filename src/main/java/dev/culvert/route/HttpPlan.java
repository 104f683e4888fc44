package dev.culvert.route;

import dev.culvert.config.Account;
import dev.culvert.config.HeaderNames;
import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.ForwardedClient;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.ProxiedRequest;
import dev.culvert.handshake.Refusal;
import dev.culvert.handshake.Trailers;
import dev.culvert.http.Destination;
import dev.culvert.http.Plan;
import dev.culvert.http.Timeouts;
import dev.culvert.http.UpstreamCall;
import dev.culvert.turn.Digest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What upstreams are asked on behalf of one request, by the configuration of one moment. */
record HttpPlan(
    Gateway gateway,
    Settings settings,
    Route route,
    ClientRequest request,
    ForwardedClient client,
    Optional<String> session,
    HttpReport report)
    implements Plan {

  @Override
  public Result plan(Upstream upstream, Upstream.Address address) {
    report.upstream(upstream.name());
    Optional<Account> account = Optional.empty();
    if (!upstream.accounts().isEmpty()) {
      String name = chosen(upstream);
      account = CurrentAccounts.find(gateway, settings, name);
      if (account.isEmpty()) {
        return new Refused(Refusal.unavailable("account: " + name + " is there no more"));
      }
    }
    ProxiedRequest proxied =
        ProxiedRequest.build(
            request, route, address, client, account.map(Account::headers).orElse(Map.of()));
    if (proxied instanceof Refusal refusal) {
      return new Refused(refusal);
    }
    return new Send(
        Destination.of(upstream, address, account.map(this::scope).orElse("")),
        (ProxiedRequest.Ready) proxied,
        limits(),
        account.map(Account::name).orElse(""),
        ShownCredential.of(route, upstream, request));
  }

  /**
   * The trailer fields of the request that upstreams get: one body is for all of them, and the
   * accounts are those of all.
   */
  Headers trailers(Headers received) {
    List<Account> accounts =
        route.upstreams().stream()
            .map(settings.upstreams()::get)
            .flatMap(upstream -> upstream.accounts().stream())
            .map(settings.accounts()::get)
            .toList();
    Set<String> shown = new HashSet<>();
    accounts.forEach(account -> shown.addAll(HeaderNames.folded(account.headers().keySet())));
    return Trailers.passedOn(
        received,
        route.requestHeaders(),
        name -> shown.contains(name) || (!accounts.isEmpty() && Account.standsFor(name)));
  }

  /** The name of the account whose credential is shown. */
  private String chosen(Upstream upstream) {
    List<String> seed = List.of(session.orElseGet(() -> UUID.randomUUID().toString()));
    return gateway.turns().accounts().choose(upstream.accounts(), "", seed);
  }

  /** A changed credential has connections of its own. */
  private String scope(Account account) {
    List<String> parts = new ArrayList<>(List.of(gateway.host().salt()));
    account.headers().forEach((name, value) -> parts.addAll(List.of(name, value)));
    return account.name() + "#" + Digest.of(parts);
  }

  private UpstreamCall.Limits limits() {
    return new UpstreamCall.Limits(
        new Timeouts(
            route.http().connectTimeout().orElse(settings.connectTimeout()),
            route.http().tlsTimeout().orElse(settings.transport().tlsTimeout())),
        route.http().responseTimeout(),
        route.limits().idleTimeout());
  }

  @Override
  public void answers(Upstream upstream) {
    report.upstream(upstream.name());
  }

  @Override
  public void refused(String account, int status, Optional<Duration> retryAfter) {
    new HostBooks(gateway).refused(account, status, retryAfter);
  }
}
