package dev.culvert.turn.socket;

import dev.culvert.endpoint.ClientEnd;
import dev.culvert.endpoint.CloseCodes;
import dev.culvert.turn.WriteGuard;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The way to a client, for several turns: one message after the other. Whoever has one waits until
 * it is sent, so that a client that takes nothing holds up all its turns, and their upstreams, and
 * nothing is queued. Any thread.
 */
final class SocketWriter {

  private static final Logger LOG = System.getLogger("dev.culvert.turn");

  private final ClientEnd client;
  private final WriteGuard guard;

  /** The right to write; fair, so that no turn waits for ever. */
  private final Semaphore right = new Semaphore(1, true);

  private volatile boolean closed;

  /**
   * @param guard bounds one write; the wait for the right to write has the same bound
   */
  SocketWriter(ClientEnd client, WriteGuard guard) {
    this.client = client;
    this.guard = guard;
  }

  /**
   * Sends a message.
   *
   * @throws IOException when the client is gone or took nothing for too long
   */
  void send(String text) throws IOException {
    if (!acquire()) {
      throw new IOException("the client takes nothing");
    }
    try {
      if (closed) {
        throw new IOException("the socket is closed");
      }
      guard.run(() -> client.text(text, true, true));
    } catch (IOException e) {
      closed = true; // behind half a message nothing makes sense
      throw e;
    } catch (IllegalStateException e) {
      closed = true;
      throw new IOException("the server has closed the session", e);
    } finally {
      right.release();
    }
  }

  /** Asks the client for a sign of life, unless it is being written to. */
  void ping() {
    if (!right.tryAcquire()) {
      return;
    }
    try {
      if (!closed) {
        guard.run(client::ping);
      }
    } catch (IOException | IllegalStateException e) {
      LOG.log(Level.DEBUG, "client not asked: {0}", e.getMessage());
    } finally {
      right.release();
    }
  }

  /** Closes the session behind the message under way; nothing is sent any more. */
  void close(int code, String reason) {
    closed = true;
    boolean free = false;
    try {
      free = acquire();
      if (!free) {
        guard.interrupt(Duration.ZERO);
        free = acquire();
      }
      guard.run(() -> client.close(code, CloseCodes.fitting(reason)));
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.DEBUG, "session not closed in order: {0}", e.toString());
    } finally {
      if (free) {
        right.release();
      }
    }
  }

  private boolean acquire() throws IOException {
    try {
      return right.tryAcquire(guard.patience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
