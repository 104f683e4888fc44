package dev.culvert.route;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.ResponseOwner;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.SocketRequest;
import dev.culvert.turn.ConversationNames;
import dev.culvert.turn.Digest;
import dev.culvert.turn.TurnBody;
import dev.culvert.turn.TurnKey;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Optional;

/**
 * Who asks, and about which conversation; the same wherever the turn goes.
 *
 * @param owner of the response that the turn continues, where it is known
 */
record TurnIdentity(TurnKey key, Optional<ResponseOwner> owner) {

  static TurnIdentity of(TurnStarter starter, TurnBody body) {
    String principal = principal(starter);
    Optional<ResponseOwner> owner = owner(starter.gateway(), principal, body.previousResponse());
    return new TurnIdentity(key(starter, principal, owner, body), owner);
  }

  /** The conversation as a session of upstreams; empty when the turn is one of its own. */
  Optional<String> session() {
    return key.conversation().isEmpty()
        ? Optional.empty()
        : Optional.of(Digest.of(List.of(key.principal(), key.conversation())));
  }

  /** What the choice of an account is to be the same for. */
  List<String> seed() {
    return List.of(key.principal(), key.conversation());
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
}
