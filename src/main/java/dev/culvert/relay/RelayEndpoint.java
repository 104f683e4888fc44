package dev.culvert.relay;

import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;

/**
 * The client's side of all relays of a deployment. A session without a token that somebody waits
 * for is closed with 1008. Some servers use one instance for all sessions.
 */
public final class RelayEndpoint extends Endpoint {

  private static final Logger LOG = System.getLogger("dev.culvert.relay");
  private static final String RELAY = "culvert.relay";

  private final Relays relays;

  RelayEndpoint(Relays relays) {
    this.relays = relays;
  }

  @Override
  public void onOpen(Session session, EndpointConfig config) {
    String token = session.getPathParameters().get(RelayConfigurator.TOKEN);
    relays.begin(token, new SessionClient(session)).ifPresent(relay -> listen(session, relay));
  }

  private static void listen(Session session, Relay relay) {
    session.getUserProperties().put(RELAY, relay);
    UndertowReceives.bound(session);
    session.addMessageHandler(
        String.class, (MessageHandler.Partial<String>) (piece, last) -> relay.text(piece, last));
    session.addMessageHandler(
        ByteBuffer.class,
        (MessageHandler.Partial<ByteBuffer>) (piece, last) -> relay.binary(piece, last));
    session.addMessageHandler(
        PongMessage.class, (MessageHandler.Whole<PongMessage>) pong -> relay.pong());
  }

  @Override
  public void onClose(Session session, CloseReason reason) {
    if (session.getUserProperties().get(RELAY) instanceof Relay relay) {
      String phrase = reason.getReasonPhrase();
      relay.clientClosed(reason.getCloseCode().getCode(), phrase == null ? "" : phrase);
    }
  }

  /** The server closes the session behind it. */
  @Override
  public void onError(Session session, Throwable fault) {
    LOG.log(Level.DEBUG, "session {0}: {1}", session.getId(), fault);
  }
}
