package dev.culvert.route;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.ResponseOwner;
import dev.culvert.boundary.SlotSpec;
import dev.culvert.boundary.TlsSpec;
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
    boolean ownCredentials = !upstream.accounts().isEmpty();
    List<String> shown =
        SocketRequest.shown(starter.request(), starter.route()).fields().stream()
            .flatMap(field -> List.of(field.name(), field.value()).stream())
            .toList();
    String principal = TurnKey.principal(starter.user(), shown);
    Optional<ResponseOwner> owner = owner(starter.gateway(), principal, body.previousResponse());
    TurnKey key = key(starter, principal, owner, body);
    String account =
        ownCredentials
            ? starter
                .gateway()
                .turns()
                .accounts()
                .choose(
                    upstream.accounts(),
                    owner.map(ResponseOwner::account).orElse(""),
                    seed(principal, key.conversation()))
            : Accounts.ofCallers(upstream);
    Map<String, String> credentials =
        ownCredentials ? starter.settings().accounts().get(account).headers() : Map.of();
    Upstream.Address address = upstream.addresses().get(0);
    SocketRequest socket =
        SocketRequest.build(starter.request(), starter.route(), address, credentials);
    if (socket instanceof Refusal refusal) {
      return new None(refusal);
    }
    SocketRequest.Ready ready = (SocketRequest.Ready) socket;
    return new Found(
        slot(upstream, address, ready, key, account),
        new TurnLabels(
            starter.route().name(),
            upstream.name(),
            requestId(starter.request().headers()),
            account,
            key.conversation(),
            key.id(ready.url(), account),
            body.previousResponse()));
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

  /** Turns without a conversation are spread. */
  private static List<String> seed(String principal, String conversation) {
    return conversation.isEmpty()
        ? List.of(UUID.randomUUID().toString())
        : List.of(principal, conversation);
  }

  private static String requestId(Headers headers) {
    return headers.single("X-Request-Id").orElseGet(() -> UUID.randomUUID().toString());
  }

  private static SlotSpec slot(
      Upstream upstream,
      Upstream.Address address,
      SocketRequest.Ready socket,
      TurnKey key,
      String account) {
    Map<String, Object> tls =
        upstream
            .tls()
            .filter(settings -> address.secure())
            .map(settings -> new TlsSpec(settings.context(), settings.serverNameAt(address)))
            .map(Fields::of)
            .orElse(null);
    return new SlotSpec(
        "",
        "",
        key.principal(),
        account,
        key.conversation(),
        key.lane(),
        key.variant(),
        socket.url(),
        socket.entries(),
        tls);
  }
}
