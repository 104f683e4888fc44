package dev.culvert.route;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.ResponseOwner;
import dev.culvert.boundary.SlotSpec;
import dev.culvert.boundary.TlsSpec;
import dev.culvert.config.Account;
import dev.culvert.config.TransportRules;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.Refusal;
import dev.culvert.handshake.SocketRequest;
import dev.culvert.turn.Accounts;
import dev.culvert.turn.TurnKey;
import dev.culvert.turn.TurnLabels;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Which slots of an upstream serve a turn, and with which account. */
sealed interface TurnTarget {

  /** The slots. */
  record Found(SlotSpec slot, TurnLabels labels) implements TurnTarget {}

  /** The request must not be sent on. */
  record None(Refusal refusal) implements TurnTarget {}

  static TurnTarget of(
      TurnStarter starter,
      TurnIdentity identity,
      Upstream upstream,
      Upstream.Address address,
      String previousResponse) {
    TurnKey key = identity.key();
    Optional<Account> ours = Optional.empty();
    if (!upstream.accounts().isEmpty()) {
      String name = chosen(starter, upstream, identity);
      ours = CurrentAccounts.find(starter.gateway(), starter.settings(), name);
      if (ours.isEmpty()) {
        return new None(Refusal.unavailable("account: " + name + " is there no more"));
      }
    }
    SocketRequest socket =
        SocketRequest.build(
            starter.request(),
            starter.route(),
            address,
            ours.map(Account::headers).orElse(Map.of()));
    if (socket instanceof Refusal refusal) {
      return new None(refusal);
    }
    SocketRequest.Ready ready = (SocketRequest.Ready) socket;
    TransportRules rules = starter.settings().transport();
    Fingerprints prints = new Fingerprints(starter.gateway().host().salt());
    String account =
        ours.map(Account::name)
            .orElseGet(
                () ->
                    Accounts.ofCaller(
                        upstream, prints.credential(ready, starter.route().turn().headers())));
    SlotSpec slot =
        new SlotSpec(
            "",
            "",
            key.principal(),
            account,
            key.conversation(),
            key.lane(),
            key.variant(),
            prints.upgrade(ready, upstream, address, rules.proxyTo(address)),
            ready.url(),
            ready.entries(),
            tls(upstream, address),
            Proxies.to(address, rules).orElse(null));
    return new Found(
        slot,
        new TurnLabels(
            starter.route().name(),
            upstream.name(),
            requestId(starter.request().headers()),
            account,
            key.conversation(),
            key.id(slot),
            previousResponse));
  }

  /** The name of the account whose credential is shown. */
  private static String chosen(TurnStarter starter, Upstream upstream, TurnIdentity identity) {
    return starter
        .gateway()
        .turns()
        .accounts()
        .choose(
            upstream.accounts(),
            identity.owner().map(ResponseOwner::account).orElse(""),
            seed(identity));
  }

  /** Turns without a conversation are spread. */
  private static List<String> seed(TurnIdentity identity) {
    return identity.session().isEmpty() ? List.of(UUID.randomUUID().toString()) : identity.seed();
  }

  private static String requestId(Headers headers) {
    return headers.single("X-Request-Id").orElseGet(() -> UUID.randomUUID().toString());
  }

  private static Map<String, Object> tls(Upstream upstream, Upstream.Address address) {
    return upstream
        .tls()
        .filter(settings -> address.secure())
        .map(settings -> new TlsSpec(settings.context(), settings.serverNameAt(address)))
        .map(Fields::of)
        .orElse(null);
  }
}
