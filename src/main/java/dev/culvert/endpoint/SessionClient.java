package dev.culvert.endpoint;

import dev.culvert.thread.WriteGuard;
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

  /**
   * A send failed or was broken off; written by the thread that sends, before it looks at {@link
   * #closed}.
   */
  private volatile boolean broken;

  /** Set before {@link #broken} is looked at. */
  private volatile boolean closed;

  private final Runnable cutOff;
  private final Runnable whenDone;

  /**
   * @param cutOff closes the connection at once, where a session cannot
   * @param whenDone run when nothing more is wanted of the session
   */
  SessionClient(Session session, Runnable cutOff, Runnable whenDone) {
    this.session = session;
    this.cutOff = cutOff;
    this.whenDone = whenDone;
    this.remote = session.getBasicRemote();
  }

  @Override
  public void text(String piece, boolean whole, boolean last) throws IOException {
    if (whole) {
      send(() -> remote.sendText(piece));
    } else {
      inMessage = !last;
      send(() -> remote.sendText(piece, last));
    }
  }

  @Override
  public void binary(ByteBuffer piece, boolean whole, boolean last) throws IOException {
    if (whole) {
      send(() -> remote.sendBinary(piece));
    } else {
      inMessage = !last;
      send(() -> remote.sendBinary(piece, last));
    }
  }

  @Override
  public void ping() throws IOException {
    send(() -> remote.sendPing(ByteBuffer.allocate(0)));
  }

  /** Notes when the send does not come through, also one that was interrupted and returned. */
  private void send(WriteGuard.Write send) throws IOException {
    boolean through = false;
    try {
      send.run();
      through = !Thread.currentThread().isInterrupted();
    } finally {
      if (!through) {
        broken = true;
        if (closed) {
          hangUp();
        }
      }
    }
  }

  @Override
  public void close(int code, String reason) {
    closed = true;
    try {
      if (session.isOpen()) {
        session.close(new CloseReason(CloseReason.CloseCodes.getCloseCode(code), reason));
      }
    } catch (IOException | IllegalStateException e) {
      LOG.log(Level.DEBUG, "session is closed already", e);
    }
    if (inMessage || broken) {
      hangUp();
    }
  }

  @Override
  public void done() {
    whenDone.run();
  }

  /**
   * Servers send a close frame after bytes that nobody takes, and Undertow none between the
   * fragments of a message: they would wait for ever, or for long. Undertow's session has a method
   * for that.
   */
  private void hangUp() {
    try {
      session.getClass().getMethod("forceClose").invoke(session);
    } catch (NoSuchMethodException e) {
      LOG.log(Level.TRACE, "not a session of Undertow");
      if (broken) {
        cutOff.run();
      }
    } catch (ReflectiveOperationException e) {
      LOG.log(Level.DEBUG, "session not cut off", e);
    }
  }
}
