package dev.culvert.host;

import dev.culvert.host.pool.Dialer;
import dev.culvert.host.pool.SocketEvents;
import dev.culvert.host.pool.Target;
import dev.culvert.host.upstream.TyrusDialer;
import java.time.Duration;

/** Loads Tyrus at the first dial, so that a host without turns does without it. Any thread. */
final class LazyDialer implements Dialer, AutoCloseable {

  /** What upstreams are known to send at most in one message. */
  private static final int MAX_MESSAGE = 16 * 1024 * 1024;

  /** Guarded by this. */
  private TyrusDialer dialer;

  @Override
  public Dialing dial(Target target, Duration timeout, SocketEvents events) {
    return dialer().dial(target, timeout, events);
  }

  private synchronized TyrusDialer dialer() {
    if (dialer == null) {
      dialer = TyrusDialer.create(MAX_MESSAGE);
    }
    return dialer;
  }

  /** Closes it for good, at the end of the host: Tyrus gives its threads back. */
  synchronized void end() {
    if (dialer != null) {
      dialer.end();
    }
  }

  @Override
  public synchronized void close() {
    if (dialer != null) {
      dialer.close();
    }
  }
}
