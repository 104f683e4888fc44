package dev.culvert.http;

import dev.culvert.handshake.Headers;
import dev.culvert.provider.Attempt;
import dev.culvert.provider.Credential;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One attempt of an exchange. What its upstream answers waits here until the exchange decides for
 * it, and goes on to the client from then on; a window's worth at most, since nothing is taken
 * meanwhile.
 */
final class Try implements Answer {

  private static final Logger LOG = System.getLogger("dev.culvert.http");

  private final ProxiedExchange exchange;
  private final Attempt attempt;

  private final AtomicBoolean judged = new AtomicBoolean();

  private volatile String account = "";
  private volatile Credential credential = Credential.NONE;

  // Guarded by this.

  private Optional<UpstreamCall> call = Optional.empty();
  private boolean cancelled;
  private Optional<Head> head = Optional.empty();
  private final List<ByteBuffer> waiting = new ArrayList<>();
  private Optional<Headers> end = Optional.empty();
  private Optional<Fault> fault = Optional.empty();
  private Optional<Client> client = Optional.empty();

  /** Set when the content of events decides; the transport's threads only. */
  private Optional<FirstEvent> firstEvent = Optional.empty();

  Try(ProxiedExchange exchange, Attempt attempt) {
    this.exchange = exchange;
    this.attempt = attempt;
  }

  Attempt attempt() {
    return attempt;
  }

  String account() {
    return account;
  }

  Credential credential() {
    return credential;
  }

  void begin(UpstreamCall first, String accountShown, Credential shown) {
    account = accountShown;
    credential = shown;
    start(first);
  }

  /** Sends the request once more, to the same upstream, over a connection that nobody has used. */
  void sendAgain() {
    UpstreamCall stale;
    synchronized (this) {
      stale = call.orElseThrow();
      fault = Optional.empty();
    }
    LOG.log(Level.DEBUG, "sent again: upstream={0}", attempt.upstream().name());
    start(stale.again());
  }

  private void start(UpstreamCall next) {
    synchronized (this) {
      if (cancelled) {
        return;
      }
      call = Optional.of(next);
    }
    next.start();
  }

  /** Ends it, whether it has begun or not. */
  void cancel() {
    Optional<UpstreamCall> running;
    synchronized (this) {
      cancelled = true;
      running = call;
    }
    if (running.isPresent()) {
      running.get().cancel();
    }
    attempt.close();
  }

  /** Whether nobody has judged it yet: an answer and its end may come at the same time. */
  boolean isToBeJudged() {
    return judged.compareAndSet(false, true);
  }

  @Override
  public void head(Head received) {
    synchronized (this) {
      head = Optional.of(received);
    }
    if (exchange.awaitsContent(received)) {
      firstEvent = Optional.of(new FirstEvent());
    } else {
      exchange.answered(this, received);
    }
  }

  @Override
  public void data(ByteBuffer bytes) {
    if (firstEvent.isPresent() && firstEvent.get().isIn(bytes)) {
      firstEvent = Optional.empty();
      exchange.answered(this, headReceived());
    }
    Client to;
    synchronized (this) {
      if (client.isEmpty()) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        waiting.add(ByteBuffer.wrap(copy));
        return;
      }
      to = client.get();
    }
    to.data(bytes);
  }

  @Override
  public void end(Headers trailers) {
    if (firstEvent.isPresent()) {
      firstEvent = Optional.empty();
      exchange.answeredNothing(this);
    }
    Client to;
    synchronized (this) {
      end = Optional.of(trailers);
      if (client.isEmpty()) {
        return;
      }
      to = client.get();
    }
    finish(to, trailers);
  }

  @Override
  public void failed(Fault broken) {
    Client to;
    synchronized (this) {
      fault = Optional.of(broken);
      if (client.isEmpty()) {
        to = null;
      } else {
        to = client.get();
      }
    }
    if (to == null) {
      exchange.lost(this, broken);
    } else {
      breakOff(to, broken);
    }
  }

  private synchronized Head headReceived() {
    return head.orElseThrow();
  }

  /**
   * The client gets this answer. What has come so far goes out first; the transport's threads may
   * bring more only after that, since they wait for the lock.
   */
  void deliver(Client to) {
    Optional<Headers> ended;
    Optional<Fault> broken;
    synchronized (this) {
      client = Optional.of(to);
      UpstreamCall answering = call.orElseThrow();
      answering.offered();
      to.head(head.orElseThrow(), answering::taken);
      waiting.forEach(to::data);
      waiting.clear();
      ended = end;
      broken = fault;
    }
    ended.ifPresent(trailers -> finish(to, trailers));
    broken.ifPresent(cause -> breakOff(to, cause));
  }

  private void finish(Client to, Headers trailers) {
    attempt.succeeded(); // unless it has failed: then this is an error's end
    exchange.over(this);
    to.end(trailers);
  }

  private void breakOff(Client to, Fault cause) {
    attempt.failed(ProxiedExchange.failure(cause));
    exchange.over(this);
    to.broken(cause.detail());
  }
}
