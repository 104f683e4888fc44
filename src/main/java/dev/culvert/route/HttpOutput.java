package dev.culvert.route;

import dev.culvert.endpoint.ServerResponse;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.ProxiedResponse;
import dev.culvert.provider.Timer;
import dev.culvert.thread.ForeignSupplier;
import dev.culvert.thread.ServerLoader;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * The answer on its way to the client. What the client does not take at once waits here, a window's
 * worth at most. The server's threads and the transport's carry, under the lock of this object;
 * nothing blocks. That the client takes something is seen when the server has room again.
 */
final class HttpOutput implements WriteListener {

  /** What the exchange has to know. */
  interface Events {
    /** All is with the server, and nothing of the response is touched any more. */
    void done();

    /**
     * Sets the listener that the server calls when it takes more.
     *
     * @param flushed whether each piece of the answer is flushed
     */
    void listen(boolean flushed, Runnable setting);

    /** The client has gone. */
    void gone(String detail);

    /** The client takes nothing of what is left; the exchange is to end. */
    void idle(String detail);
  }

  private static final String UNDERTOW = "io.undertow.servlet.";

  /** Of Payara, GlassFish and Tomcat. */
  private static final String CATALINA = "org.apache.catalina.connector.";

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final HttpServletResponse response;
  private final Events events;

  /** Begins after the last piece: up to there the upstream's call watches for silence. */
  private final IdleWatch watch;

  // Guarded by this.
  private final Queue<byte[]> waiting = new ArrayDeque<>();
  private final Map<String, String> trailerFields = new LinkedHashMap<>();
  private final AtomicReference<Map<String, String>> offered = new AtomicReference<>(trailerFields);
  private ServletOutputStream out;

  /**
   * Whether an array that is written may change as soon as the call returns. These servers copy
   * what they cannot send at once (Grizzly, {@code OutputBuffer.ByteArrayCloner}; Undertow, {@code
   * ServletOutputStreamImpl.writeAsync}; Tomcat, {@code SocketWrapperBase.writeNonBlocking}); Jetty
   * keeps the array.
   */
  private boolean lends;

  private IntConsumer taken = count -> {};
  private boolean begun;
  private boolean flushed;
  private boolean flushDue;
  private boolean headFirst;
  private boolean ended;
  private boolean stopped;

  /**
   * Writes nothing yet.
   *
   * @param idle longest time in which the client takes nothing, once all of the answer is here;
   *     zero = none
   * @param clock in nanoseconds, as {@link System#nanoTime}
   */
  HttpOutput(
      HttpServletResponse response, Duration idle, Timer timer, LongSupplier clock, Events events) {
    this.response = response;
    this.events = events;
    this.watch =
        new IdleWatch(idle, timer, clock, () -> events.idle("answer: nothing taken for " + idle));
  }

  /**
   * The head is to be out before the exchange ends: WildFly looks for what is left of the body
   * then, and tells a client to go on with it to whom nothing has been said yet.
   */
  synchronized void sendHeadFirst() {
    headFirst = true;
  }

  /**
   * Begins the answer; the server's own thread must have left the exchange.
   *
   * @param length of the body, -1 when unknown
   * @param hasTrailers whether there may be trailer fields
   * @param whenTaken told how many bytes have gone
   */
  void begin(ProxiedResponse.Ready head, long length, boolean hasTrailers, IntConsumer whenTaken)
      throws IOException {
    synchronized (this) {
      if (stopped) {
        return;
      }
      response.setStatus(head.status());
      Answers.set(response, head.headers());
      if (length >= 0) {
        response.setContentLengthLong(length);
      } else if (hasTrailers) {
        offerTrailers();
      }
      taken = whenTaken;
      flushed = head.flushed();
      flushDue = flushed || headFirst;
      out = response.getOutputStream();
      String type = out.getClass().getName();
      lends = type.startsWith(UNDERTOW) || type.startsWith(CATALINA);
      if (flushed && isUndertow()) {
        leaveNothingInBuffer();
      }
    }
    events.listen(head.flushed(), () -> ServerLoader.run(() -> out.setWriteListener(this)));
    synchronized (this) {
      begun = true;
    }
    carry();
  }

  private boolean isUndertow() {
    return ServerResponse.of(response).getClass().getName().startsWith(UNDERTOW);
  }

  /**
   * A flush leaves in Undertow's buffer what the connection does not take at once, and nobody is
   * told when it would (2.3.23, {@code ServletOutputStreamImpl.flushInternal}): over HTTP/2 that is
   * a piece after one that has not gone yet. What is longer than the buffer goes past it, and waits
   * where the listener is called for it.
   */
  private void leaveNothingInBuffer() {
    response.setBufferSize(1);
  }

  /** An answer in HTTP/1.0 can have none. Grizzly keeps the supplier with its pooled response. */
  private void offerTrailers() {
    try {
      response.setTrailerFields(ForeignSupplier.of(offered));
    } catch (IllegalStateException e) {
      System.getLogger("dev.culvert.http")
          .log(System.Logger.Level.DEBUG, "no trailers: {0}", e.getMessage());
    }
  }

  /** More of the body. What the server does not take at once is copied. */
  void add(ByteBuffer bytes) {
    carry(bytes);
  }

  /** That was all. */
  void end(Headers trailers) {
    synchronized (this) {
      for (Headers.Field field : trailers.fields()) {
        // Payara leaves capitals in the trailers of HTTP/2, where there are none (RFC 9113 8.2.1).
        String name = field.name().toLowerCase(Locale.ROOT);
        trailerFields.merge(name, field.value(), (one, more) -> one + ", " + more);
      }
      ended = true;
    }
    carry();
  }

  /** The exchange is over: nothing of the response is touched any more. */
  synchronized void stop() {
    stopped = true;
    waiting.clear();
    watch.stop();
  }

  @Override
  public void onWritePossible() {
    carry();
  }

  @Override
  public void onError(Throwable cause) {
    events.gone("answer: " + cause);
  }

  private void carry() {
    carry(NOTHING);
  }

  private void carry(ByteBuffer more) {
    int written = 0;
    boolean done = false;
    String fault = "";
    IntConsumer told;
    synchronized (this) {
      if (stopped) {
        return;
      }
      if (!begun) {
        keep(more);
        return;
      }
      told = taken;
      try {
        written = write(more);
        // Asked in any case: who is not ready tells when he is only if he was asked.
        boolean ready = out.isReady();
        done = ended && waiting.isEmpty() && ready;
        stopped = done;
      } catch (IOException | IllegalStateException e) {
        stopped = true;
        fault = "answer: " + e;
      }
      watch(written > 0);
    }
    if (!fault.isEmpty()) {
      events.gone(fault);
      return;
    }
    if (written > 0) {
      told.accept(written);
    }
    if (done) {
      events.done();
    }
  }

  /** Under the lock. */
  private void watch(boolean moved) {
    if (stopped) {
      watch.stop();
    } else if (ended) {
      watch.begin();
    }
    if (moved) {
      watch.moved();
    }
  }

  /** Under the lock; how many bytes the server has taken. */
  private int write(ByteBuffer more) throws IOException {
    int written = 0;
    boolean next = more.hasRemaining() && waiting.isEmpty();
    if (next && lends && more.hasArray() && out.isReady()) {
      written += write(more.array(), more.arrayOffset() + more.position(), more.remaining());
      more.position(more.limit());
    } else {
      keep(more);
    }
    while (!waiting.isEmpty() && out.isReady()) {
      byte[] piece = waiting.remove();
      written += write(piece, 0, piece.length);
    }
    if (flushDue && waiting.isEmpty() && (headFirst || !ended) && out.isReady()) {
      flushDue = false;
      headFirst = false;
      out.flush();
    }
    return written;
  }

  private int write(byte[] bytes, int from, int count) throws IOException {
    out.write(bytes, from, count);
    flushDue = flushed || headFirst;
    return count;
  }

  private void keep(ByteBuffer more) {
    if (more.hasRemaining()) {
      byte[] copy = new byte[more.remaining()];
      more.get(copy);
      waiting.add(copy);
    }
  }
}
