package dev.culvert.route;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.ResponseOwner;
import dev.culvert.boundary.SlotSpec;
import dev.culvert.boundary.TlsSpec;
import dev.culvert.config.Account;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.Refusal;
import dev.culvert.handshake.SocketRequest;
import dev.culvert.turn.Accounts;
import dev.culvert.turn.ConversationNames;
import dev.culvert.turn.TurnBody;
import dev.culvert.turn.TurnKey;
import dev.culvert.turn.TurnLabels;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Which slots serve a turn: who asks, about which conversation, with which account. */
sealed interface TurnTarget {

  /** The slots. */
  record Found(SlotSpec slot, TurnLabels labels) implements TurnTarget {}

  /** The request must not be sent on. */
  record None(Refusal refusal) implements TurnTarget {}

  static TurnTarget of(TurnStarter starter, Upstream upstream, TurnBody body) {
    String principal = principal(starter);
    Optional<ResponseOwner> owner = owner(starter.gateway(), principal, body.previousResponse());
    TurnKey key = key(starter, principal, owner, body);
    Optional<Account> ours = account(starter, upstream, owner, key);
    Upstream.Address address = upstream.addresses().get(0);
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
            prints.upgrade(ready, upstream, address),
            ready.url(),
            ready.entries(),
            tls(upstream, address));
    return new Found(
        slot,
        new TurnLabels(
            starter.route().name(),
            upstream.name(),
            requestId(starter.request().headers()),
            account,
            key.conversation(),
            key.id(slot),
            body.previousResponse()));
  }

  /**
   * A user stays the same when his token is renewed; where the upstream gets to see the token, it
   * is part of the account. Of an anonymous caller it is all that tells him from others.
   */
  private static String principal(TurnStarter starter) {
    Headers shown = SocketRequest.shown(starter.request(), starter.route());
    Headers telling = starter.user().isEmpty() ? shown : shown.without("authorization"::equals);
    return TurnKey.principal(starter.user(), Fingerprints.texts(telling));
  }

  private static Optional<ResponseOwner> owner(Gateway gateway, String principal, String response) {
    return response.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(gateway.host().owner(gateway.deployment(), principal, response))
            .map(fields -> Fields.to(ResponseOwner.class, fields));
  }

  private static TurnKey key(
      TurnStarter starter, String principal, Optional<ResponseOwner> owner, TurnBody body) {
    String conversation =
        new ConversationNames(starter.route().turn().conversation())
            .conversation(
                body,
                name -> starter.request().headers().values(name).stream().findFirst(),
                id -> owner.map(ResponseOwner::conversation));
    String lane = body.lane(starter.route().turn().preset()).map(JsonValue::toString).orElse("");
    return new TurnKey(principal, conversation, lane, ConversationNames.variant(body));
  }

  /** The account whose credential is shown; none when the caller's own is. */
  private static Optional<Account> account(
      TurnStarter starter, Upstream upstream, Optional<ResponseOwner> owner, TurnKey key) {
    if (upstream.accounts().isEmpty()) {
      return Optional.empty();
    }
    String name =
        starter
            .gateway()
            .turns()
            .accounts()
            .choose(
                upstream.accounts(),
                owner.map(ResponseOwner::account).orElse(""),
                seed(key.principal(), key.conversation()));
    return Optional.of(starter.settings().accounts().get(name));
  }

  /** Turns without a conversation are spread. */
  private static List<String> seed(String principal, String conversation) {
    return conversation.isEmpty()
        ? List.of(UUID.randomUUID().toString())
        : List.of(principal, conversation);
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
