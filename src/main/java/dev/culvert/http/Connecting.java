package dev.culvert.http;

import dev.culvert.provider.Timer;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.ConnectionInitiator;
import org.apache.hc.core5.reactor.IOSession;

/**
 * The making of a connection for one request. Each address has the same limit, until the request
 * can go out: tunnel and TLS are within it. The library has no limit for a proxy that does not
 * answer and looks at its other ones once a second, and who cancels within a handshake of TLS
 * leaves a connection that nobody owns (HttpClient 5.6). Any thread.
 */
final class Connecting {

  private static final String ATTRIBUTE = "dev.culvert.connecting";

  private final Duration limit;
  private final Timer timer;
  private final Consumer<Exception> late;

  /** The address that is being connected, the last one at the end; guarded by this. */
  private Optional<Address> current = Optional.empty();

  /** Whether no connection is wanted any more; guarded by this. */
  private boolean over;

  /**
   * Watches nothing yet.
   *
   * @param limit for one address, above zero
   * @param late told that there is a connection, but the request could not go out in time
   */
  Connecting(Duration limit, Timer timer, Consumer<Exception> late) {
    this.limit = limit;
    this.timer = timer;
    this.late = late;
  }

  void into(HttpContext context) {
    context.setAttribute(ATTRIBUTE, this);
  }

  /** An initiator whose connections are watched; the same one for requests that are not ours. */
  static ConnectionInitiator watched(ConnectionInitiator initiator, HttpContext context) {
    return context != null && context.getAttribute(ATTRIBUTE) instanceof Connecting connecting
        ? connecting.watching(initiator)
        : initiator;
  }

  private ConnectionInitiator watching(ConnectionInitiator initiator) {
    return (endpoint, remote, local, timeout, attachment, callback) -> {
      Address address = new Address(remote, callback);
      if (!isBegun(address)) {
        callback.cancelled();
        return CompletableFuture.failedFuture(new ConnectTimeoutException("not wanted any more"));
      }
      Future<IOSession> request =
          initiator.connect(endpoint, remote, local, timeout, attachment, address);
      address.asked(request);
      return request;
    };
  }

  private synchronized boolean isBegun(Address address) {
    if (over) {
      return false;
    }
    current = Optional.of(address);
    address.disarm = timer.after(limit, address::tooLate);
    return true;
  }

  /**
   * The request goes out, and the connection is the library's affair from now on.
   *
   * @return false when it must not go out: it is too late, and that has been told, or nobody wants
   *     it any more
   */
  synchronized boolean done() {
    boolean inTime = !over && current.filter(address -> address.late).isEmpty();
    current.ifPresent(address -> address.disarm.run());
    current = Optional.empty();
    return inTime;
  }

  /** No connection is wanted: one that is not done is closed. Idempotent. */
  void stop() {
    Optional<IOSession> unfinished;
    synchronized (this) {
      over = true;
      current.ifPresent(address -> address.disarm.run());
      unfinished = current.flatMap(address -> address.session);
      current = Optional.empty();
    }
    unfinished.ifPresent(session -> session.close(CloseMode.IMMEDIATE));
  }

  /** One address, told by the library how far its connection has come. */
  private final class Address implements FutureCallback<IOSession> {

    private final SocketAddress remote;
    private final FutureCallback<IOSession> callback;

    // Guarded by the whole.

    private Runnable disarm = () -> {};
    private Optional<Future<IOSession>> request = Optional.empty();
    private Optional<IOSession> session = Optional.empty();
    private boolean late;

    Address(SocketAddress remote, FutureCallback<IOSession> callback) {
      this.remote = remote;
      this.callback = callback;
    }

    void asked(Future<IOSession> asked) {
      boolean unwanted;
      synchronized (Connecting.this) {
        request = Optional.of(asked);
        unwanted = late;
      }
      if (unwanted) {
        asked.cancel(true);
      }
    }

    /** The next address is tried where there is no connection; one that leads nowhere is an end. */
    void tooLate() {
      boolean connected;
      Optional<Future<IOSession>> asked;
      synchronized (Connecting.this) {
        if (!isCurrent()) {
          return;
        }
        late = true;
        connected = session.isPresent();
        asked = request;
      }
      if (connected) {
        Connecting.this.late.accept(
            new ConnectTimeoutException(remote + ": no tunnel or no TLS within " + limit));
      } else {
        asked.ifPresent(unanswered -> unanswered.cancel(true));
        callback.failed(new ConnectTimeoutException("not connected within " + limit));
      }
    }

    /** Under the lock. */
    private boolean isCurrent() {
      return current.filter(this::equals).isPresent();
    }

    @Override
    public void completed(IOSession connected) {
      boolean wanted;
      synchronized (Connecting.this) {
        wanted = isCurrent() && !late;
        if (wanted) {
          session = Optional.of(connected);
        }
      }
      if (wanted) {
        callback.completed(connected);
      } else {
        connected.close(CloseMode.IMMEDIATE);
      }
    }

    @Override
    public void failed(Exception cause) {
      if (isToBeTold()) {
        callback.failed(cause);
      }
    }

    @Override
    public void cancelled() {
      if (isToBeTold()) {
        callback.cancelled();
      }
    }

    private boolean isToBeTold() {
      synchronized (Connecting.this) {
        disarm.run();
        return !late;
      }
    }
  }
}
