package dev.culvert.host.upstream;

import dev.culvert.host.pool.UpstreamSocket;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** An open socket. Nothing here waits: Tyrus queues what is to be written. */
final class TyrusSocket implements UpstreamSocket {

  private static final Logger LOG = System.getLogger("dev.culvert.pool");

  /** For the upstream to answer our close frame, and to end the connection after its own. */
  private static final long GRACE_MILLIS = 2_000;

  private final Session session;
  private final Map<String, List<String>> upgradeHeaders;
  private final Runnable cut;
  private final ScheduledExecutorService timer;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final AtomicBoolean cutting = new AtomicBoolean();

  TyrusSocket(
      Session session,
      Map<String, List<String>> upgradeHeaders,
      Runnable cut,
      ScheduledExecutorService timer) {
    this.session = session;
    this.upgradeHeaders = upgradeHeaders;
    this.cut = cut;
    this.timer = timer;
  }

  @Override
  public Map<String, List<String>> upgradeHeaders() {
    return upgradeHeaders;
  }

  @Override
  public CompletionStage<Void> send(String text) {
    CompletableFuture<Void> written = new CompletableFuture<>();
    try {
      session
          .getAsyncRemote()
          .sendText(
              text,
              result -> {
                if (result.isOK()) {
                  written.complete(null);
                } else {
                  written.completeExceptionally(result.getException());
                }
              });
    } catch (RuntimeException e) {
      written.completeExceptionally(e);
    }
    return written;
  }

  @Override
  public void ping() {
    try {
      session.getAsyncRemote().sendPing(ByteBuffer.allocate(0));
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.DEBUG, "no ping: {0}", e.getMessage());
    }
  }

  @Override
  public void close(int code, String reason) {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    try {
      session.close(new CloseReason(CloseReason.CloseCodes.getCloseCode(code), reason));
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.DEBUG, "no close frame: {0}", e.getMessage());
    }
    cutSoon();
  }

  /** Ends the connection when the grace is over, whatever the upstream does. */
  void cutSoon() {
    if (!cutting.compareAndSet(false, true)) {
      return;
    }
    try {
      var unused = timer.schedule(cut, GRACE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      cut.run();
    }
  }
}
