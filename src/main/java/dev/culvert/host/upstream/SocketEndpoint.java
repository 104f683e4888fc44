package dev.culvert.host.upstream;

import dev.culvert.host.pool.SocketEvents;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/** Turns what Tyrus reports of one session into {@link SocketEvents}. */
final class SocketEndpoint extends Endpoint {

  private static final Logger LOG = System.getLogger("dev.culvert.pool");
  private static final int TOO_BIG = 1009;

  private final UpstreamDial dial;
  private final SocketEvents events;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Set before anything is read, by the thread that reads. */
  private TyrusSocket socket;

  SocketEndpoint(UpstreamDial dial, SocketEvents events) {
    this.dial = dial;
    this.events = events;
  }

  @Override
  public void onOpen(Session session, EndpointConfig config) {
    session.setMaxTextMessageBufferSize(dial.maxMessage());
    session.setMaxBinaryMessageBufferSize(dial.maxMessage());
    session.addMessageHandler(String.class, (MessageHandler.Whole<String>) this::text);
    session.addMessageHandler(
        ByteBuffer.class, (MessageHandler.Whole<ByteBuffer>) message -> events.binary());
    session.addMessageHandler(
        PongMessage.class, (MessageHandler.Whole<PongMessage>) message -> events.pong());
    socket = dial.opened(session);
    dial.handOver(socket);
  }

  /** Tyrus checks the size of fragmented messages only. */
  private void text(String message) {
    if (message.length() > dial.maxMessage()) {
      socket.close(TOO_BIG, "message too big");
      closed(TOO_BIG, "message: longer than " + dial.maxMessage() + " bytes");
    } else if (!closed.get()) {
      events.text(message);
    }
  }

  @Override
  public void onClose(Session session, CloseReason reason) {
    socket.cutSoon();
    closed(reason.getCloseCode().getCode(), String.valueOf(reason.getReasonPhrase()));
  }

  private void closed(int code, String reason) {
    if (closed.compareAndSet(false, true)) {
      events.closed(code, reason);
    }
  }

  @Override
  public void onError(Session session, Throwable fault) {
    LOG.log(Level.DEBUG, "upstream socket failed", fault);
    socket.close(1011, "");
    closed(1006, String.valueOf(fault.getMessage()));
  }
}
