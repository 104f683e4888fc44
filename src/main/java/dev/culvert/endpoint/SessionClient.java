package dev.culvert.endpoint;

import jakarta.websocket.CloseReason;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;

/** A session of the server's own WebSocket endpoint. */
final class SessionClient implements ClientEnd {

  private static final Logger LOG = System.getLogger("dev.culvert.endpoint");

  private final Session session;
  private final RemoteEndpoint.Basic remote;

  /** A message has begun and not ended; written by the thread that sends. */
  private volatile boolean inMessage;

  private final Runnable whenDone;

  /**
   * @param whenDone run when nothing more is wanted of the session
   */
  SessionClient(Session session, Runnable whenDone) {
    this.session = session;
    this.whenDone = whenDone;
    this.remote = session.getBasicRemote();
  }

  @Override
  public void text(String piece, boolean whole, boolean last) throws IOException {
    if (whole) {
      remote.sendText(piece);
    } else {
      inMessage = !last;
      remote.sendText(piece, last);
    }
  }

  @Override
  public void binary(ByteBuffer piece, boolean whole, boolean last) throws IOException {
    if (whole) {
      remote.sendBinary(piece);
    } else {
      inMessage = !last;
      remote.sendBinary(piece, last);
    }
  }

  @Override
  public void ping() throws IOException {
    remote.sendPing(ByteBuffer.allocate(0));
  }

  @Override
  public void close(int code, String reason) {
    try {
      if (session.isOpen()) {
        session.close(new CloseReason(CloseReason.CloseCodes.getCloseCode(code), reason));
      }
    } catch (IOException | IllegalStateException e) {
      LOG.log(Level.DEBUG, "session is closed already", e);
    }
    if (inMessage) {
      hangUp();
    }
  }

  @Override
  public void done() {
    whenDone.run();
  }

  /**
   * Undertow sends no close frame between the fragments of a message, and would wait for the rest
   * of it for ever. Its session has a method for that.
   */
  private void hangUp() {
    try {
      session.getClass().getMethod("forceClose").invoke(session);
    } catch (NoSuchMethodException e) {
      LOG.log(Level.TRACE, "not a session of Undertow");
    } catch (ReflectiveOperationException e) {
      LOG.log(Level.DEBUG, "session not cut off", e);
    }
  }
}
