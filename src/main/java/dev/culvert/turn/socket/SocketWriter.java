package dev.culvert.turn.socket;

import dev.culvert.endpoint.ClientEnd;
import dev.culvert.endpoint.CloseCodes;
import dev.culvert.thread.WriteGuard;
import dev.culvert.turn.Mailbox;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The way to a client, for several turns: one message after the other. Who passes on events waits
 * until they are sent, so that a client that takes nothing holds up all its turns and their
 * upstreams; last words do not wait, as there is one of each turn. Any thread.
 */
final class SocketWriter {

  private static final Logger LOG = System.getLogger("dev.culvert.turn");

  private final ClientEnd client;
  private final WriteGuard guard;
  private final Consumer<IOException> onFailure;
  private final Mailbox mailbox = new Mailbox(() -> failed(new IOException("fault")));

  /** At most one ping waits. */
  private final AtomicBoolean pinging = new AtomicBoolean();

  /** Nothing is sent any more; a task of the mailbox only. */
  private boolean closed;

  /**
   * @param guard bounds each write
   * @param onFailure told when the client is gone or takes nothing, at most once
   */
  SocketWriter(ClientEnd client, WriteGuard guard, Consumer<IOException> onFailure) {
    this.client = client;
    this.guard = guard;
    this.onFailure = onFailure;
  }

  /**
   * Sends a message and returns after it.
   *
   * @param before done when it is the message's turn
   */
  void sendInTurn(Runnable before, String text) {
    guard.inTurn(() -> mailbox.runInTurn(() -> send(before, text)));
  }

  /** Sends a message after those that wait, without waiting for them. */
  void sendSoon(Runnable before, String text) {
    run(() -> send(before, text));
  }

  /** Without a wait for others; but this thread may be the one that does it. */
  private void run(Runnable task) {
    guard.inTurn(() -> mailbox.run(task));
  }

  private void send(Runnable before, String text) {
    before.run();
    write(() -> client.text(text, true, true));
  }

  /** Asks the client for a sign of life. */
  void ping() {
    if (pinging.compareAndSet(false, true)) {
      run(
          () -> {
            pinging.set(false);
            write(client::ping);
          });
    }
  }

  private void write(WriteGuard.Write write) {
    if (closed) {
      return;
    }
    try {
      guard.run(write);
    } catch (IOException e) {
      failed(e);
    } catch (IllegalStateException e) {
      failed(new IOException("the server has closed the session", e));
    }
  }

  /** After half a message nothing makes sense. */
  private void failed(IOException cause) {
    if (!closed) {
      closed = true;
      onFailure.accept(cause);
    }
  }

  /**
   * Closes the session after the messages that wait; nothing is sent any more.
   *
   * @param then done after it
   */
  void close(int code, String reason, Runnable then) {
    run(
        () -> {
          closed = true;
          try {
            guard.runLast(() -> client.close(code, CloseCodes.fitting(reason)));
          } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "session not closed in order: {0}", e.toString());
          } finally {
            then.run();
          }
        });
  }
}
