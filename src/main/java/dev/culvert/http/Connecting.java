package dev.culvert.http;

import dev.culvert.provider.Timer;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.ConnectionInitiator;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.util.Timeout;

/**
 * The making of a connection for one request. Each address has the same limit, until the request
 * can go out: tunnel and TLS are within it. The library has no limit for a proxy that does not
 * answer, looks at its other ones once a second, and may not find what it is to cancel: the place
 * of the connection would stay taken, and one that came about would be nobody's (HttpClient 5.6,
 * {@code AsyncConnectExec}). Any thread.
 */
final class Connecting {

  private static final String ATTRIBUTE = "dev.culvert.connecting";

  private final Duration limit;
  private final Timer timer;
  private final Consumer<Exception> late;

  // Guarded by this.

  /** The last address, until the request goes out. */
  private Optional<Address> address = Optional.empty();

  /** The last thing that the library waits for. */
  private Optional<Step<?>> step = Optional.empty();

  /** Whether no connection is wanted any more. */
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

  /** That of a request; others than ours have none. */
  static Optional<Connecting> of(HttpContext context) {
    return Optional.ofNullable(context).map(found -> (Connecting) found.getAttribute(ATTRIBUTE));
  }

  /**
   * An initiator whose connections are watched. None is cancelled: the library may have one come
   * about all the same, and tell nobody (HttpCore 5.4, {@code IOSessionRequest}). It is closed when
   * it is there, or by the library when it is not there in time.
   */
  ConnectionInitiator watching(ConnectionInitiator initiator) {
    return (endpoint, remote, local, timeout, attachment, callback) -> {
      Address next = new Address(remote, callback);
      if (isBegun(next)) {
        var unused =
            initiator.connect(endpoint, remote, local, Timeout.of(limit), attachment, next);
      } else {
        callback.cancelled();
      }
      return new CompletableFuture<>(); // without effect when it is cancelled
    };
  }

  private synchronized boolean isBegun(Address next) {
    if (over) {
      return false;
    }
    address = Optional.of(next);
    next.disarm = timer.after(limit, next::tooLate);
    return true;
  }

  /** A callback that is told all the same when the connection is not wanted any more. */
  <T> FutureCallback<T> step(FutureCallback<T> callback) {
    Step<T> next = new Step<>(callback);
    boolean wanted;
    synchronized (this) {
      wanted = !over;
      step = Optional.of(next);
    }
    if (!wanted) {
      next.failed(unwanted());
    }
    return next;
  }

  private static ConnectionClosedException unwanted() {
    return new ConnectionClosedException("not wanted any more");
  }

  /**
   * The request goes out, and the connection is the library's affair from now on.
   *
   * @return false when it must not go out: it is too late, and that has been told, or nobody wants
   *     it any more
   */
  synchronized boolean done() {
    boolean inTime = !over && address.filter(last -> last.timedOut).isEmpty();
    if (inTime) {
      address.ifPresent(last -> last.disarm.run());
      address = Optional.empty();
      step = Optional.empty();
    }
    return inTime;
  }

  /** No connection is wanted: one that is not done is closed. Idempotent. */
  void stop() {
    Optional<Address> unfinished;
    Optional<Step<?>> waiting;
    synchronized (this) {
      over = true;
      unfinished = address;
      waiting = step;
      address = Optional.empty();
      step = Optional.empty();
    }
    unfinished.ifPresent(Address::close);
    waiting.ifPresent(told -> told.failed(unwanted()));
  }

  /** One address, told by the library how far its connection has come. */
  private final class Address implements FutureCallback<IOSession> {

    private final SocketAddress remote;
    private final FutureCallback<IOSession> callback;

    // Guarded by the whole.

    private Runnable disarm = () -> {};
    private Optional<IOSession> session = Optional.empty();
    private boolean timedOut;

    Address(SocketAddress remote, FutureCallback<IOSession> callback) {
      this.remote = remote;
      this.callback = callback;
    }

    /** The next address is tried where there is no connection; one that leads nowhere is an end. */
    void tooLate() {
      boolean connected;
      synchronized (Connecting.this) {
        if (address.filter(this::equals).isEmpty()) {
          return;
        }
        timedOut = true;
        connected = session.isPresent();
      }
      if (connected) {
        late.accept(new ConnectTimeoutException(remote + ": no tunnel or no TLS within " + limit));
      } else {
        callback.failed(new ConnectTimeoutException("not connected within " + limit));
      }
    }

    void close() {
      Optional<IOSession> made;
      synchronized (Connecting.this) {
        disarm.run();
        made = session;
      }
      made.ifPresent(open -> open.close(CloseMode.IMMEDIATE));
    }

    @Override
    public void completed(IOSession connected) {
      boolean wanted;
      synchronized (Connecting.this) {
        wanted = !over && !timedOut;
        session = Optional.of(connected);
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
        return !timedOut;
      }
    }
  }

  /** Tells what comes first. */
  private static final class Step<T> implements FutureCallback<T> {

    private final FutureCallback<T> callback;
    private final AtomicBoolean told = new AtomicBoolean();

    Step(FutureCallback<T> callback) {
      this.callback = callback;
    }

    @Override
    public void completed(T result) {
      if (told.compareAndSet(false, true)) {
        callback.completed(result);
      }
    }

    @Override
    public void failed(Exception cause) {
      if (told.compareAndSet(false, true)) {
        callback.failed(cause);
      }
    }

    @Override
    public void cancelled() {
      if (told.compareAndSet(false, true)) {
        callback.cancelled();
      }
    }
  }
}
