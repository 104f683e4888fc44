package dev.culvert.endpoint;

import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The client's side of all sessions of a deployment. A session without a token that somebody waits
 * for is closed with 1008. Some servers use one instance for all sessions.
 */
public final class SessionEndpoint extends Endpoint {

  private static final Logger LOG = System.getLogger("dev.culvert.endpoint");
  private static final String EVENTS = "culvert.events";

  private final Admissions admissions;

  SessionEndpoint(Admissions admissions) {
    this.admissions = admissions;
  }

  @Override
  public void onOpen(Session session, EndpointConfig config) {
    String token = session.getPathParameters().get(EndpointConfigurator.TOKEN);
    Optional<Admission> admission = admissions.take(token);
    if (admission.isEmpty()) {
      new SessionClient(session, () -> {}, () -> {})
          .close(CloseCodes.POLICY_VIOLATION, "not a handshake of this server");
      return;
    }
    ClientEnd client =
        new SessionClient(session, admission.get()::cutOff, admission.get()::forgetRequest);
    try {
      open(session, admission.get().handshake(), client);
    } catch (RuntimeException | Error e) { // servers leave such a session open
      LOG.log(Level.ERROR, "CULVERT-L006 session not begun", e);
      client.close(CloseCodes.UNEXPECTED, "");
      client.done();
    }
  }

  private static void open(Session session, Pending handshake, ClientEnd client) {
    Optional<SessionEvents> events;
    try {
      events = handshake.opener().apply(client);
    } catch (RuntimeException | Error e) {
      handshake.expired().run();
      throw e;
    }
    if (events.isEmpty()) {
      client.done();
      return;
    }
    try {
      listen(session, events.get());
    } catch (RuntimeException | Error e) {
      events.get().closed(CloseCodes.ABNORMAL, "");
      throw e;
    }
  }

  private static void listen(Session session, SessionEvents events) {
    session.getUserProperties().put(EVENTS, events);
    UndertowReceives.bound(session);
    session.addMessageHandler(
        String.class, (MessageHandler.Partial<String>) (piece, last) -> events.text(piece, last));
    session.addMessageHandler(
        ByteBuffer.class,
        (MessageHandler.Partial<ByteBuffer>) (piece, last) -> events.binary(piece, last));
    session.addMessageHandler(
        PongMessage.class, (MessageHandler.Whole<PongMessage>) pong -> events.pong());
  }

  @Override
  public void onClose(Session session, CloseReason reason) {
    if (session.getUserProperties().get(EVENTS) instanceof SessionEvents events) {
      String phrase = reason.getReasonPhrase();
      events.closed(reason.getCloseCode().getCode(), phrase == null ? "" : phrase);
    }
  }

  /** Some servers close the session after it. */
  @Override
  public void onError(Session session, Throwable fault) {
    LOG.log(Level.DEBUG, "session {0}: {1}", session.getId(), fault);
  }
}
